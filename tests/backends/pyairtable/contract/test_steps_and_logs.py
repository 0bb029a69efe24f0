from tests.backends.contract.test_steps_and_logs import *  # noqa: F403 - the contract, on this service
