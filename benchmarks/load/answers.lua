-- Answers for wrk: every request has an id of its own, scores that vary, and an address out of the list.
-- Arguments after "--": seed, then point codes; "code=token" sends the token of the point's form beside each answer.
local keys = { "persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "sarana", "pengaduan" }
local points, pages = {}, {}
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  math.randomseed(tonumber(args[1]) * 1000 + number)
  for i = 2, #args do
    local code, page = args[i]:match("^([^=]+)=?(.*)$")
    points[#points + 1], pages[code] = code, page ~= "" and page or nil
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
end

local function hex(digits)
  local parts = {}
  for i = 1, digits do parts[i] = string.format("%x", math.random(0, 15)) end
  return table.concat(parts)
end

function request()
  local id = hex(8) .. "-" .. hex(4) .. "-7" .. hex(3) .. "-8" .. hex(3) .. "-" .. hex(12)
  local point = points[math.random(1, #points)]
  local scores = {}
  for i, key in ipairs(keys) do scores[i] = string.format('"%s":%d', key, math.random(1, 4)) end
  local body = string.format(
    '{"id":"%s","point":"%s","scores":{%s},"profile":{"sex":"%s","age":%d,"education":"SMA"},"seconds":%d}',
    id, point, table.concat(scores, ","), math.random() < 0.5 and "L" or "P",
    math.random(17, 80), math.random(20, 200))
  wrk.headers["X-Eskm-Page"] = pages[point]
  return wrk.format(nil, nil, nil, body)
end
