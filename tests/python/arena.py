"""Plays the bundled game by PROTOCOL.md and the schema in the welcome: flies to the nearest pickup.
usage: arena.py ws://ADDRESS/ws FRAMES; prints what it has seen in so many frames as JSON."""
import asyncio, collections, itertools, json, math, sys
import websockets

M, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1
WELCOME = ["u8", "u64", {"option": "u16"}, "string", "string", "u16", "u16", "u64", "bytes",
           {"option": [["u8"] * 16, "u16"]}, {"option": "u32"}, {"option": "string"}]
NOTES = [["u64", "u32", {"option": "i32"}, "u16"], {"list": ["u16", "string"]}, "event", ["u8", "u32", "bytes"], "u32",
         ["u8", "u32", "u16", "u16", "bytes", "bytes"], ["u8", "u32"], "u8", ["u8", "u32"], "u32",
         [{"option": "u32"}, "string"], ["u16", "string", "u16", "string", "string"], "u16"]

class Reader:
    def __init__(self, data):
        self.bits, self.at, self.end = int.from_bytes(data, "little"), 0, 8 * len(data)

    def take(self, count):
        self.at += count
        assert self.at <= self.end, "the message ends early"
        return self.bits >> self.at - count & (1 << count) - 1

    def golomb(self, k):
        zeros = 0
        while not self.take(1): zeros += 1
        return (1 << zeros + k | self.take(zeros + k)) - (1 << k)

    def signed(self, k, least=0):
        zigzag = self.golomb(k) + least
        return zigzag >> 1 ^ -(zigzag & 1)

    def positions(self, n, c):
        count = self.golomb(c)
        listed = n - count if count > n // 2 else count
        k = max(1, (n - listed) // max(1, listed)).bit_length() - 1
        found = {end - 1 for end in itertools.accumulate(1 + self.golomb(k) for _ in range(listed))}
        return [i for i in range(n) if (i in found) != (count > n // 2)]

    def integer(self):
        return first if (first := self.take(8)) < 251 else self.take(8 << first - 250)

    def read(self, layout):
        """What a layout of the schema describes, in bincode; a list stands for a tuple."""
        if isinstance(layout, list): return [self.read(part) for part in layout]
        form, inside = next(iter(layout.items())) if isinstance(layout, dict) else (layout, None)
        if form == "tuple": return self.read(inside)
        if form == "struct": return {part["name"]: self.read(part["type"]) for part in inside}
        if form == "option": return self.read(inside) if self.take(8) else None
        if form in ("unit", "bool", "u8"): return self.take(8 * (form != "unit"))
        number = self.integer()
        if form == "list": return self.read([inside] * number)
        if form == "enum": return inside[number]["name"], self.read(inside[number]["type"])
        if form in ("string", "bytes"): return self.take(8 * number).to_bytes(number, "little")
        return number >> 1 ^ -(number & 1) if form[0] == "i" else number

def mix(hash, fields):
    words = [field & 0xFFFFFFFF for field in fields] + [0] * (14 - len(fields))
    for low, high in zip(words[::2], words[1::2]):
        hash = (hash ^ (high << 32 | low)) * M & MASK
        hash ^= hash >> 29
    return hash

class World:
    def __init__(self, welcome):
        values = Reader(welcome).read(WELCOME)
        self.player, self.schema, self.tick, self.seen = values[2], json.loads(values[-1]), 0, collections.Counter()
        self.kinds = self.schema["kinds"]

    def get(self, entity, *names):
        fields = [field["name"] for field in self.kinds[entity[0]]["fields"]]
        return [entity[1][fields.index(name)] for name in names]

    def is_own(self, entity):
        owner = self.kinds[entity[0]]["owner"]
        return owner and self.get(entity, owner["field"]) == [self.player + owner["offset"]]

    def frame(self, data):
        b, keyframe, private, check, age = Reader(data), 0, 0, 0, 1
        if b.take(2) == 0:
            keyframe, private, check, _notes = (b.take(1) for _ in range(4))
            age, _acknowledged = (b.take(32), b.take(32)) if keyframe else (b.golomb(0) + 1, b.golomb(0))
        if keyframe:
            self.tick, age, self.lanes = age, 0, [[] for _ in range(17)]
            self.private = [min(max(0, field["min"]), field["max"]) for field in self.schema["private"]]
        expected = b.take(32) if check else None
        turns = {0} | {tick % 16 + 1 for tick in range(self.tick + 1, self.tick + age + 1)}
        self.tick += age
        for i in [i for i in range(len(self.private)) if private and b.take(1)]:
            self.private[i] += b.signed(self.schema["private"][i]["order"], 1)
        for lane in (lane for number, lane in enumerate(self.lanes) if lane and number in turns):
            for i in reversed(b.positions(len(lane), 0)): del lane[i]
            for kind, values in [lane[i] for i in b.positions(len(lane), 3)]:
                fields = self.kinds[kind]["fields"]
                for i in [i for i in range(len(fields)) if b.take(1)]:
                    values[i] = fields[i]["min"] + b.take(fields[i]["bits"])
        checked = [entity for lane in self.lanes for entity in lane]
        fresh, due = self.lanes[0], self.lanes[self.tick % 16 + 1]
        anchor = next((self.get(entity, "x", "y") for entity in fresh if self.is_own(entity)), None)
        if len(fresh) > 96 or due:
            down, up = b.positions(len(fresh), 1), b.positions(len(due), 1)
            moved = [fresh[i] for i in down], [due[i] for i in up]
            for lane, gone, come in (fresh, down, moved[1]), (due, up, moved[0]):
                lane[:] = [entity for i, entity in enumerate(lane) if i not in gone] + come
        for _ in range(b.golomb(0)):
            fresh.append(self.whole(b, anchor or (0, 0)))
            anchor = anchor or self.get(fresh[-1], "x", "y")
            checked.append(fresh[-1])
        total = mix(0, self.private)
        for kind, fields in checked if check else []:
            total = ((total << 7 | total >> 57) & MASK ^ mix(kind + 1, fields)) * M & MASK
        self.seen.update(frames=1, checksums=check, wrong=check and total >> 32 != expected, crowded=any(self.lanes[1:]))
        b.at += -b.at % 8
        while b.at < b.end:
            number = b.integer()
            note = b.read(self.schema["event"] if number == 2 else NOTES[number])
            self.seen["taken"] += number == 2 and note[0] == "Taken" and note[1]["player"] == self.player

    def whole(self, b, anchor):
        values, fields = [], self.kinds[kind := b.take(self.schema["kind_bits"])]["fields"]
        default = any("default" in field["entry"] for field in fields) and b.take(1)
        for field in fields:
            code, k = ("plain", 0) if field["entry"] == "plain" else next(iter(field["entry"].items()))
            if code == "default" and (default or b.take(1)): values.append(k)
            elif code in ("plain", "default"): values.append(field["min"] + b.take(field["bits"]))
            elif code == "golomb": values.append(field["min"] + b.golomb(k))
            else: values.append(b.signed(k) + {"near_x": anchor[0], "near_y": anchor[1]}.get(code, 0))
        return kind, values

async def play(url, frames):
    async with websockets.connect(url, subprotocols=["drumbeat.v1"]) as socket:
        # Hello: no schema, any room, a name, a player, nothing to resume, no ticket, plain changes.
        await socket.send(b"\0" b"\0" b"\0" b"\6Python" b"\0" b"\0" b"\0" b"\1")
        world, distances = World(await socket.recv()), []
        while world.seen["frames"] < frames:
            world.frame(await socket.recv())
            entities = [entity for lane in world.lanes for entity in lane]
            own = next(filter(world.is_own, entities), None)
            pickups = [world.get(entity, "x", "y") for entity in entities if world.kinds[entity[0]]["name"] == "pickup"]
            controls = bytes(3)
            if own and pickups:
                x, y, vx, vy = world.get(own, "x", "y", "vx", "vy")
                target = min(pickups, key=lambda place: math.dist(place, (x, y)))
                distances.append(math.dist(target, (x, y)))
                # Against its own drift too, so that it does not fly past in circles.
                angle = math.atan2(target[1] - y - vy / 2, target[0] - x - vx / 2)
                controls = bytes([round(angle * 128 / math.pi) % 256, 0, 1])
            tick, meant = (b"\xfc" + number.to_bytes(4, "little") for number in (world.tick, world.tick + 2))
            await socket.send(b"\1" + meant + tick + b"\0" + controls)
        return dict(world.seen, first=distances[0], nearest=min(distances))

print(json.dumps(asyncio.run(play(sys.argv[1], int(sys.argv[2])))))
