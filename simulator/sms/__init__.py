"""Alibaba Cloud SMS as its callers meet it: SendSms, QuerySendDetails, receipts."""
