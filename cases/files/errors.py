"""Why a file is not taken. Each says in Chinese what to do next."""

from cases.errors import CaseError


class FileRefused(CaseError):
    """A file that is not stored."""


class WrongType(FileRefused):
    """Not one of the kinds we take, or not what it claims to be."""


class FileTooLarge(FileRefused):
    """More bytes, more pixels, or more when unpacked than we take."""


class FileInfected(FileRefused):
    """The virus scanner knows it."""


class ScannerUnavailable(CaseError):
    """A scanner is set up but does not answer, so nothing can be taken now."""


class AttachmentMissing(CaseError):
    """A command names a file that is not stored, or that this post may not use."""
