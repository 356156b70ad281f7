"""Verbs: what can be done on a study. Pages, commands and exports each name the one that they need."""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """One thing that a role may do; the value is its Chinese name."""

    READ = "看结果"
    FORECAST = "看达标预测"
    VOICES = "看市民留言"
    OUTREACH = "做宣传规划"
    LEDGER = "看整改台账"
    ANALYSE = "分析和看单份答卷"
    EXPORT = "导出单份答卷"
    COLLECT = "组织调查和导入"
    PUBLISH = "公布结果"
    ISSUE = "出领导材料"
    RETRACT = "撤回和更正领导材料"
    CHECK = "核验领导材料"
    RUN = "运行和备份系统"
    ACCOUNTS = "管理账户和岗位"
    AUDIT = "查看审计记录"
    OWN = "管自己的账户"
