"""Any backend on the Basecamp wire, for a team: who may, what was asked, what was answered.

The contract is the one that `wire` writes and the Basecamp adapter reads; what the contract
lacks stands under /api/v1/x/. Needs the extra `server`.
"""
