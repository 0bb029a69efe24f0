from tests.backends.contract.test_list import *  # noqa: F403 - the contract, on this service
