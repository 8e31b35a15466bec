"""What can go wrong, where, why, and the way out · 错误."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from lantu.vocabulary.text import Text


class LantuError(Exception):
    """The root of every error that Lantu raises on purpose · 错误之根.

    Parameters
    ----------
    message
        What is wrong and where, in both languages.
    remedy
        The way out, in both languages.
    """

    exit_code: ClassVar[int] = 2
    http_status: ClassVar[int] = 400

    def __init__(self, message: Text, remedy: Text) -> None:
        super().__init__(f"{message.en} {remedy.en}")
        self.message = message
        self.remedy = remedy


class InputUnreadable(LantuError):
    """A file cannot be read as what it claims to be · 文件无法读取."""


class InputAmbiguous(LantuError):
    """A file can be read in more than one way and only its owner knows which · 文件有歧义，须由报送人确认."""


class LayerMissing(LantuError):
    """A layer that was asked for is not there · 图层缺失."""

    http_status = 404


class FieldMissing(LantuError):
    """A layer lacks a field that was asked for · 字段缺失."""


class FieldUnreadable(LantuError):
    """A field holds values of another type than the one it is declared with · 字段类型不符."""


class ReferenceMismatch(LantuError):
    """Two things with different CRS, unit, date or classification meet · 坐标系、单位、时点或分类版本不一致."""


class LimitUnknown(LantuError):
    """No limit is in force for that name and date · 限值未定."""


class ClassificationUnknown(LantuError):
    """No classification of that name and version is known · 分类标准未知."""


class GeometryInvalid(LantuError):
    """A geometry cannot be computed with · 图形无法计算."""


class CatalogueBroken(LantuError):
    """The catalogue contradicts itself · 规则库自相矛盾."""


class StoreDamaged(LantuError):
    """The store holds something that does not match its hash · 存储损坏."""

    http_status = 500


class ProfileInvalid(LantuError):
    """A city profile is incomplete or contradicts itself · 城市配置有误."""


class NotAllowed(LantuError):
    """Somebody asks for what the table of rights does not give them · 无权操作."""

    http_status = 403


class TransitionRefused(LantuError):
    """A step that the procedure does not have from here, or whose conditions are not met · 流程步骤不可行."""

    http_status = 409


class TransitionForbidden(TransitionRefused):
    """A step that somebody else has to take · 无权办理该步骤."""

    http_status = 403


class RecordMissing(LantuError):
    """A record that was asked for is not there, or not for the one who asks · 记录不存在."""

    http_status = 404


class RecordRefused(LantuError):
    """A record that contradicts others or holds what no database keeps · 记录不合规则."""

    http_status = 422


class EditConflict(LantuError):
    """Somebody else changed the record in the meantime · 记录已被他人修改."""

    http_status = 409


class TrailForced(LantuError):
    """A write that would pass by the trail · 绕过留痕的写入."""

    http_status = 500


class TrailBroken(LantuError):
    """The trail does not agree with itself or with the records · 留痕链不一致."""

    exit_code = 1
    http_status = 500


class RecordsUnavailable(LantuError):
    """The database cannot be opened, is busy, or lacks something · 数据库不可用."""

    http_status = 503


class FolderNotEmpty(LantuError):
    """Something would be written over what is there · 目标目录非空."""

    http_status = 409


class BackupInvalid(LantuError):
    """A backup is incomplete or was altered · 备份不完整或被改动."""
