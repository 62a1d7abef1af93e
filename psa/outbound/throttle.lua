-- One account's token bucket and its calls in flight. Time is the server's: workers' clocks may differ.
-- KEYS: bucket (hash), flight (sorted set: lease -> expiry).
-- ARGV: verb, lease, rate, burst, in_flight, reserve (tokens), reserve (flights), lease seconds, freeze seconds.
-- Verbs: take, give, limited (a 429 came), look (how long until reserve + 1 tokens are there; takes none).
-- After a 429 the account gets half the rate and a quarter of the burst (room). The rate grows back within a minute, but
-- for a while slowly near where the 429 came (ceiling); the room within a quarter of an hour. As in buckets.py.
-- Answers {granted, seconds to wait (as text)}.
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local verb, lease = ARGV[1], ARGV[2]
if verb == 'give' then
  redis.call('ZREM', KEYS[2], lease)
  return {1, '0'}
end
local longest = 301 -- no account is frozen for more; later than that, Redis's clock was set back
local top, burst, places = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local row = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'rate', 'frozen', 'room', 'ceiling')
local frozen = tonumber(row[4]) or 0
if frozen > now + longest then frozen = 0 end
local past = math.max(0, now - math.max(tonumber(row[2]) or now, frozen))
local rate, ceiling = tonumber(row[3]) or top, tonumber(row[6]) or top
local quick = now - frozen > 120 and past or math.max(0, math.min(past, (ceiling * 0.9 - rate) / (top / 60)))
rate = math.min(top, rate + quick * top / 60 + (past - quick) * top / 1800)
local room = math.min(burst, (tonumber(row[5]) or burst) + past * burst / 900)
local tokens = math.min(room, (tonumber(row[1]) or burst) + past * rate)
local left = tonumber(ARGV[6]) * room / burst
local granted, wait = 0, 0
if verb == 'limited' then
  if now >= frozen then
    ceiling, rate, room = math.max(rate, top / 8), math.max(rate / 2, top / 16), math.max(room / 4, 1)
  end
  tokens = 0
  frozen = math.max(frozen, now + tonumber(ARGV[9]))
elseif now < frozen then
  wait = frozen - now
elseif verb == 'look' then
  wait = math.max(0, (math.min(tonumber(ARGV[6]) + 1, room) - tokens) / rate)
else
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
  redis.call('ZREMRANGEBYSCORE', KEYS[2], now + tonumber(ARGV[8]) + 1, '+inf')
  if tokens < math.min(left + 1, room) then
    wait = (math.min(left + 1, room) - tokens) / rate
  elseif redis.call('ZCARD', KEYS[2]) >= places - tonumber(ARGV[7]) then
    wait = 0.02
  else
    granted, tokens = 1, tokens - 1
    redis.call('ZADD', KEYS[2], now + tonumber(ARGV[8]), lease)
    redis.call('EXPIRE', KEYS[2], math.ceil(tonumber(ARGV[8])) + 60)
  end
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now), 'rate', tostring(rate),
  'frozen', tostring(frozen), 'room', tostring(room), 'ceiling', tostring(ceiling))
redis.call('EXPIRE', KEYS[1], 900)
return {granted, tostring(wait)}
