//! The scripts: each is one check-and-write, atomic on the server. Each answers with a list of strings, the first a word.

use std::sync::LazyLock;

use redis::Script;

/// The server's time in milliseconds.
const NOW: &str = "
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
";

fn timed(body: &str) -> Script {
    Script::new(&format!("{NOW}{body}"))
}

/// KEYS: record, same-request pointer, indexes to stand in. ARGV: id, member, version, until, body, prefix of records.
pub(super) static INSERT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
local existing = redis.call('GET', KEYS[2])
if existing then
  local body = redis.call('HGET', ARGV[6] .. existing, 'body')
  if body then return {'existing', existing, body} end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'taken'} end
redis.call('HSET', KEYS[1], 'v', ARGV[3], 'until', ARGV[4], 'body', ARGV[5])
redis.call('SET', KEYS[2], ARGV[1])
for i = 3, #KEYS do redis.call('ZADD', KEYS[i], 0, ARGV[2]) end
return {'created'}
",
    )
});

/// KEYS: record, same-request pointer, indexes to stand in, indexes to leave.
/// ARGV: expected version, next version, until, body, id, member, open (1/0), lapse (1/0), how many indexes to stand in.
pub(super) static SWAP: LazyLock<Script> = LazyLock::new(|| {
    timed(
        "
local kept = redis.call('HMGET', KEYS[1], 'v', 'until', 'body')
if not kept[1] then return {'missing'} end
if kept[1] ~= ARGV[1] then return {'conflict', kept[3]} end
if ARGV[8] == '0' and kept[2] ~= '' and now >= tonumber(kept[2]) then return {'late'} end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'until', ARGV[3], 'body', ARGV[4])
if ARGV[7] == '1' then
  redis.call('SET', KEYS[2], ARGV[5])
elseif redis.call('GET', KEYS[2]) == ARGV[5] then
  redis.call('DEL', KEYS[2])
end
local adds = tonumber(ARGV[9])
for i = 3, #KEYS do
  if i < 3 + adds then
    redis.call('ZADD', KEYS[i], 0, ARGV[6])
  else
    redis.call('ZREM', KEYS[i], ARGV[6])
  end
end
return {'done'}
",
    )
});

/// KEYS: record, index of finished ones, other indexes it stands in. ARGV: member.
pub(super) static FORGET: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return {'open'} end
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end
return {'done'}
",
    )
});

/// KEYS: session, the subject's sessions. ARGV: body, last, idle, ends, hash.
pub(super) static OPEN_SESSION: LazyLock<Script> = LazyLock::new(|| {
    timed(
        "
redis.call('HSET', KEYS[1], 'body', ARGV[1], 'last', ARGV[2], 'idle', ARGV[3], 'ends', ARGV[4])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
return {'done'}
",
    )
});

/// KEYS: session. ARGV: whether to note the use (1/0). Answers with body and last use, if it is not over.
pub(super) static USE_SESSION: LazyLock<Script> = LazyLock::new(|| {
    timed(
        "
local kept = redis.call('HMGET', KEYS[1], 'body', 'last', 'idle', 'ends')
if not kept[1] then return {'none'} end
local last = tonumber(kept[2])
if now >= tonumber(kept[4]) or now >= last + tonumber(kept[3]) then
  redis.call('DEL', KEYS[1])
  return {'none'}
end
if ARGV[1] == '1' and now > last then
  last = now
  redis.call('HSET', KEYS[1], 'last', string.format('%.0f', last))
end
return {'alive', kept[1], string.format('%.0f', last)}
",
    )
});

/// KEYS: the subject's sessions. ARGV: prefix of sessions. Ends them all and answers with how many were not over.
pub(super) static END_SESSIONS: LazyLock<Script> = LazyLock::new(|| {
    timed(
        "
local ended = 0
for _, hash in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local key = ARGV[1] .. hash
  local kept = redis.call('HMGET', key, 'last', 'idle', 'ends')
  if kept[1] and now < tonumber(kept[3]) and now < kept[1] + kept[2] then ended = ended + 1 end
  redis.call('DEL', key)
end
redis.call('DEL', KEYS[1])
return {'done', tostring(ended)}
",
    )
});

/// KEYS: account, all accounts. ARGV: version, body, name.
pub(super) static ADD_ACCOUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
if redis.call('EXISTS', KEYS[1]) == 1 then return {'exists'} end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'body', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[3])
return {'added'}
",
    )
});

/// KEYS: account. ARGV: expected version, next version, body.
pub(super) static UPDATE_ACCOUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
local version = redis.call('HGET', KEYS[1], 'v')
if not version then return {'missing'} end
if version ~= ARGV[1] then return {'conflict'} end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'body', ARGV[3])
return {'done'}
",
    )
});
