from tests.backends.contract.test_changes import *  # noqa: F403 - the contract, on this service
