from tests.backends.contract.test_schedules import *  # noqa: F403 - the contract, on this service
