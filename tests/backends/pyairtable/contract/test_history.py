from tests.backends.contract.test_history import *  # noqa: F403 - the contract, on this service
