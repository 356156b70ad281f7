"""Durable queue of received submissions before the store. Entry point: `inbox.Inbox`."""
