-- One account's token bucket and its calls in flight. Time is the server's: workers' clocks may differ.
-- KEYS: bucket (hash), flight (sorted set: lease -> expiry).
-- ARGV: verb, lease, rate, burst, in_flight, reserve (tokens), reserve (flights), lease seconds, freeze seconds.
-- Verbs: take, give, limited (a 429 came), look (how long until reserve + 1 tokens are there; takes none).
-- Answers {granted, seconds to wait (as text)}.
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local verb, lease = ARGV[1], ARGV[2]
if verb == 'give' then
  redis.call('ZREM', KEYS[2], lease)
  return {1, '0'}
end
local top, burst, places = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local row = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'rate', 'frozen')
local frozen = tonumber(row[4]) or 0
local past = math.max(0, now - math.max(tonumber(row[2]) or now, frozen))
local rate = math.min(top, (tonumber(row[3]) or top) + past * top / 60)
local tokens = math.min(burst, (tonumber(row[1]) or burst) + past * rate)
local granted, wait = 0, 0
if verb == 'limited' then
  if now >= frozen then rate = math.max(rate / 2, top / 16) end
  tokens = 0
  frozen = math.max(frozen, now + tonumber(ARGV[9]))
elseif now < frozen then
  wait = frozen - now
elseif verb == 'look' then
  wait = math.max(0, (tonumber(ARGV[6]) + 1 - tokens) / rate)
else
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
  if tokens - 1 < tonumber(ARGV[6]) then
    wait = (tonumber(ARGV[6]) + 1 - tokens) / rate
  elseif redis.call('ZCARD', KEYS[2]) >= places - tonumber(ARGV[7]) then
    wait = 0.02
  else
    granted, tokens = 1, tokens - 1
    redis.call('ZADD', KEYS[2], now + tonumber(ARGV[8]), lease)
    redis.call('EXPIRE', KEYS[2], math.ceil(tonumber(ARGV[8])) + 60)
  end
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now), 'rate', tostring(rate),
  'frozen', tostring(frozen))
redis.call('EXPIRE', KEYS[1], 900)
return {granted, tostring(wait)}
