"""A client of the bundled game, from PROTOCOL.md: it flies to the nearest pickup for some seconds.

usage: arena.py ws://ADDRESS/ws SECONDS; prints what it saw as JSON.
"""
import asyncio, json, struct, sys, math
import websockets

M, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


class Bits:
    def __init__(self, data):
        self.value, self.left = int.from_bytes(data, "little"), 8 * len(data)

    def take(self, count):
        self.left -= count
        assert self.left >= 0, "the frame ends early"
        value, self.value = self.value & ((1 << count) - 1), self.value >> count
        return value

    def golomb(self, k):
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << (zeros + k) | self.take(zeros + k)) - (1 << k)

    def signed(self, k, least=0):
        zigzag = self.golomb(k) + least
        return zigzag >> 1 ^ -(zigzag & 1)

    def positions(self, n, c):
        count = self.golomb(c)
        other = count > n // 2
        listed = n - count if other else count
        k = max(1, (n - listed) // max(1, listed)).bit_length() - 1
        at, found = -1, []
        for _ in range(listed):
            at += 1 + self.golomb(k)
            found.append(at)
        return [i for i in range(n) if i not in found] if other else found


class Bincode:
    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, count):
        self.at += count
        return self.data[self.at - count:self.at]

    def int(self):
        first = self.raw(1)[0]
        return first if first < 251 else int.from_bytes(self.raw(1 << first - 250), "little")

    def option(self, read):
        return read() if self.raw(1)[0] else None

    def bytes(self):
        return self.raw(self.int())


def varint(n):
    for limit, mark, kind in (251, b"", "B"), (1 << 16, b"\xfb", "H"), (1 << 32, b"\xfc", "I"):
        if n < limit:
            return mark + struct.pack("<" + kind, n)


def text(string):
    return varint(len(string.encode())) + string.encode()


def mix(hash, fields):
    words = [f & 0xFFFFFFFF for f in fields] + [0] * (14 - len(fields))
    for low, high in zip(words[::2], words[1::2]):
        hash = (hash ^ (high << 32 | low)) * M & MASK
        hash ^= hash >> 29
    return hash


class World:
    def __init__(self, welcome):
        b = Bincode(welcome)
        assert b.raw(1) == b"\1"
        b.int()
        self.player = b.option(b.int)
        self.name, self.room = b.bytes(), b.bytes()
        b.int(), b.int(), b.int(), b.bytes()
        b.option(lambda: (b.raw(16), b.int())), b.option(b.int)
        self.schema = json.loads(b.option(b.bytes))
        self.kinds = self.schema["kinds"]
        self.tick, self.checksums, self.wrong = None, 0, 0

    def is_own(self, entity):
        kind = self.kinds[entity[0]]
        owner = kind["owner"]
        if owner is None or self.player is None:
            return False
        return self.field(entity, owner["field"]) - owner["offset"] == self.player

    def field(self, entity, name):
        names = [field["name"] for field in self.kinds[entity[0]]["fields"]]
        return entity[1][names.index(name)]

    def frame(self, data):
        b = Bits(data)
        b.take(1)
        keyframe = private = check = False
        age, acked = 1, 1
        if not b.take(1):
            keyframe, private, check, _notes = (b.take(1) for _ in range(4))
            if keyframe:
                self.tick, _ack, age = b.take(32), b.take(32), 0
                self.lanes = [[] for _ in range(17)]
                self.private = [min(max(0, f["min"]), f["max"]) for f in self.schema["private"]]
            else:
                age, acked = b.golomb(0) + 1, b.golomb(0)
        expected = b.take(32) if check else None
        before, self.tick = self.tick, self.tick + age
        if private:
            changed = [b.take(1) for _ in self.private]
            for i, field in enumerate(self.schema["private"]):
                self.private[i] += b.signed(field["order"], 1) if changed[i] else 0
        turns = {tick % 16 + 1 for tick in range(before + 1, self.tick + 1)}
        for number, lane in enumerate(self.lanes):
            if lane and (number == 0 or number in turns):
                for i in reversed(b.positions(len(lane), 0)):
                    del lane[i]
                for i in b.positions(len(lane), 3):
                    fields = self.kinds[lane[i][0]]["fields"]
                    changed = [b.take(1) for _ in fields]
                    for j, field in enumerate(fields):
                        if changed[j]:
                            lane[i][1][j] = field["min"] + b.take(field["bits"])
        checked = [entity for lane in self.lanes for entity in lane]
        fresh, due = self.lanes[0], self.lanes[self.tick % 16 + 1]
        own = next((entity for entity in fresh if self.is_own(entity)), None)
        anchor = own and (self.field(own, "x"), self.field(own, "y"))
        if len(fresh) > 96 or due:
            down, up = b.positions(len(fresh), 1), b.positions(len(due), 1)
            moved = [fresh[i] for i in down], [due[i] for i in up]
            for lane, gone, come in (fresh, down, moved[1]), (due, up, moved[0]):
                lane[:] = [e for i, e in enumerate(lane) if i not in gone] + come
        for _ in range(b.golomb(0)):
            entity = self.whole(b, anchor or (0, 0))
            anchor = anchor or (self.field(entity, "x"), self.field(entity, "y"))
            fresh.append(entity)
            checked.append(entity)
        if check:
            total = mix(0, self.private)
            for kind, fields in checked:
                total = (((total << 7 | total >> 57) & MASK) ^ mix(kind + 1, fields)) * M & MASK
            self.checksums += 1
            self.wrong += total >> 32 != expected

    def whole(self, b, anchor):
        kind = b.take(self.schema["kind_bits"])
        fields, values = self.kinds[kind]["fields"], []
        some = any("default" in field["entry"] for field in fields)
        default = some and b.take(1)
        for field in fields:
            (code, k), = {"plain": 0}.items() if field["entry"] == "plain" else field["entry"].items()
            if code == "default" and (default or b.take(1)):
                values.append(k)
            elif code in ("plain", "default"):
                values.append(field["min"] + b.take(field["bits"]))
            elif code == "golomb":
                values.append(field["min"] + b.golomb(k))
            else:
                values.append(b.signed(k) + {"near_x": anchor[0], "near_y": anchor[1]}.get(code, 0))
        return kind, values


async def play(url, seconds):
    hello = b"\0" + varint(0) + text("") + text("Python") + b"\0\0\0" + b"\1"
    async with websockets.connect(url, subprotocols=["drumbeat.v1"], max_size=1 << 20) as socket:
        await socket.send(hello)
        world = World(await socket.recv())
        first = best = None
        score, frames, end = 0, 0, asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            world.frame(await socket.recv())
            frames += 1
            entities = [entity for lane in world.lanes for entity in lane]
            at = lambda e: (world.field(e, "x"), world.field(e, "y"))
            own = next((entity for entity in entities if world.is_own(entity)), None)
            steer = buttons = 0
            pickups = [e for e in entities if world.kinds[e[0]]["name"] == "pickup"]
            if own and pickups:
                x, y = at(own)
                target = min((at(e) for e in pickups), key=lambda p: math.dist(p, (x, y)))
                distance = math.dist(target, (x, y))
                first = distance if first is None else first
                best = distance if best is None else min(best, distance)
                steer = round(math.atan2(target[1] - y, target[0] - x) * 128 / math.pi) % 256
                buttons = 1
            tick = varint(world.tick)
            await socket.send(b"\1" + varint(world.tick + 2) + tick + b"\0" + bytes([steer, 0, buttons]))
        return dict(frames=frames, checksums=world.checksums, wrong=world.wrong, first=first, best=best)


print(json.dumps(asyncio.run(play(sys.argv[1], float(sys.argv[2])))))
