"""What records and their columns are called on the page of the trail · 留痕用语."""

from __future__ import annotations

from lantu.vocabulary.text import Text

KINDS = {
    "people": Text("Account", "人员账号"),
    "api_tokens": Text("Token for programs", "接口令牌"),
    "sign_in": Text("Sign-in", "登录"),
    "plans": Text("Plan", "规划"),
    "plan_versions": Text("Plan version", "规划版本"),
    "map_layers": Text("Layer on the map", "上图图层"),
    "submissions": Text("Submission", "报送件"),
    "submission_rounds": Text("Round of a submission", "报送轮次"),
    "uploads": Text("Upload", "上传文件"),
    "check_runs": Text("Check run", "审查运行"),
    "findings": Text("Finding", "审查问题"),
    "finding_answers": Text("Answer to a finding", "问题答复"),
    "step_times": Text("Time of a step", "环节用时"),
    "parcel_sheets": Text("Compliance sheet", "合规性审查单"),
    "jobs": Text("Job", "任务"),
    "webhooks": Text("Webhook", "回调"),
    "deliveries": Text("Delivery to a webhook", "回调投递"),
}
ACTIONS = {
    "created": Text("created", "新建"),
    "changed": Text("changed", "修改"),
    "removed": Text("removed", "删除"),
    "noted": Text("noted", "记事"),
    "written": Text("written together", "批量写入"),
}
COLUMNS = {
    "login": Text("login", "登录名"),
    "name": Text("name", "名称"),
    "email": Text("e-mail", "邮箱"),
    "password_hash": Text("password (hash)", "口令（哈希）"),
    "must_change_password": Text("must change password", "须改口令"),
    "oidc_subject": Text("single sign-on", "统一身份认证"),
    "roles": Text("roles", "角色"),
    "unit_code": Text("unit", "板块"),
    "language": Text("language", "语言"),
    "active": Text("open", "在用"),
    "state": Text("state", "状态"),
    "number": Text("number", "编号"),
    "title": Text("title", "标题"),
    "round": Text("round", "轮次"),
    "visibility": Text("open to", "开放范围"),
    "version": Text("version", "版本"),
    "plan_code": Text("plan", "规划"),
    "kind": Text("kind", "类型"),
    "verdict": Text("verdict", "结论"),
    "decision": Text("decision", "认定"),
    "reason": Text("reason", "理由"),
    "scopes": Text("good for", "授权范围"),
    "expires_at": Text("until", "有效期至"),
    "revoked_at": Text("revoked", "撤销时间"),
    "token_hash": Text("token (hash)", "令牌（哈希）"),
    "address": Text("address", "网络地址"),
    "way": Text("way", "方式"),
    "records": Text("records", "条数"),
    "hash": Text("hash over them", "合并哈希"),
    "columns": Text("columns covered", "覆盖列"),
}
NOTES = {
    "signed in": Text("signed in", "登录成功"),
    "signed out": Text("signed out", "退出登录"),
    "refused": Text("refused", "登录被拒绝"),
}
# Every record has them; they say nothing of what was done.
BOOKKEEPING = frozenset({"id", "created_at", "changed_at", "revision", "last_event", "box_key"})
SYSTEM_PARTS = {
    "sign-in": Text("sign-in", "登录程序"),
    "command line": Text("command line", "命令行"),
    "demo": Text("demo", "示例程序"),
    "publishing": Text("publishing", "发布程序"),
}
