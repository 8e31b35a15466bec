"""Why an upload or a step of a submission is refused · 拒绝的理由."""

from __future__ import annotations

from lantu.vocabulary.errors import LantuError


class UploadRefused(LantuError):
    """An upload is not, or does not hold, what may be handed in · 上传被拒绝."""

    http_status = 422


class UploadTooLarge(LantuError):
    """An upload is larger than is allowed, or than there is room for · 上传超限."""

    http_status = 413


class UploadOutOfStep(LantuError):
    """A piece does not begin where the last one ended · 分块不连续."""

    http_status = 409


class SubmissionUnknown(LantuError):
    """There is no such submission for whoever asks · 报审不存在."""

    http_status = 404


class StepNotReady(LantuError):
    """A step lacks what it needs before it can be taken · 步骤条件未满足."""

    http_status = 409
