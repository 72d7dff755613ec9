-- For wrk: asks the validation page about a random credential each time. The codes are in the file that BENCH_CODES names.
local codes = {}
for code in io.lines(os.getenv("BENCH_CODES")) do codes[#codes + 1] = code end
math.randomseed(os.time())

request = function()
  return wrk.format("GET", "/validate?cedid=" .. codes[math.random(#codes)])
end
