from tests.backends.contract.test_registration import *  # noqa: F403 - the contract, on this service
