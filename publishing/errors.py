"""Errors of publishing. Each carries a sentence for people."""


class PublishingError(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class PermitMissing(PublishingError):
    """Nothing becomes public without a permit for exactly this copy and this record."""


class NothingToPublish(PublishingError):
    """There is no treated copy to publish."""


class EtlRefused(PublishingError):
    """The record of a refresh cannot be decided, or nothing may be fetched, as was asked."""
