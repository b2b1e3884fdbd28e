// The programs of the WebGL painter: one for the sky, one for all sprites. A sprite is a box; each
// pixel computes the shape from its distance to the shape's edge.

import { CANOPY, HULLS } from './hulls.js';
import { SLOTS } from './labels.js';
import { SKINS } from './skins.js';
import { BOX, DISC, GLOW, HULL, LABEL, RING, ROCK, SHOCK, STREAK, TRAIL } from './sprites.js';

const number = (value) => value.toFixed(4);
const points = HULLS.flat().map(([x, y]) => `vec2(${number(x)}, ${number(y)})`);

export const SKY_VERTEX = `#version 300 es
out vec2 corner;
void main() {
  corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

export const SKY_FRAGMENT = `#version 300 es
precision highp float;
in vec2 corner;
uniform vec2 eye;     // where the middle of the screen is, world units
uniform vec2 screen;  // CSS pixels
uniform vec3 space;
uniform sampler2D nebula;
out vec4 colour;
float noise(vec2 at) { return fract(sin(dot(at, vec2(12.9898, 78.233))) * 43758.5453); }
void main() {
  vec2 at = corner * vec2(0.5, -0.5) * screen;
  vec3 far = texture(nebula, (at + eye * 0.03) / 1700.0).rgb;
  vec2 turned = mat2(0.8, 0.6, -0.6, 0.8) * (at + eye * 0.07);
  vec3 near = texture(nebula, turned / 1150.0 + 0.37).rgb;
  vec3 light = space + far * 0.6 + near * near * 0.8;
  light *= 1.0 - 0.3 * dot(corner, corner) * 0.5;
  // Dark gradients show steps without this.
  colour = vec4(light + (noise(gl_FragCoord.xy) - 0.5) / 200.0, 1.0);
}`;

export const SPRITE_VERTEX = `#version 300 es
layout(location = 0) in vec3 place;
layout(location = 1) in vec2 extent;
layout(location = 2) in vec3 form;
layout(location = 3) in vec4 tone;
layout(location = 4) in vec4 inside;
uniform vec2 eye;
uniform vec2 zoom;    // world units to clip space
uniform float pixel;  // world units of a device pixel
out vec2 at;
flat out vec2 extents;
flat out vec2 facing;
flat out vec3 shape;
flat out vec4 colour;
flat out vec4 fill;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  facing = vec2(cos(place.z), sin(place.z));
  float room = form.x == ${HULL}.0 ? extent.x * 1.2 : pixel + (form.x == ${RING}.0 ? form.y : 0.0);
  at = corner * (extent + (form.x == ${ROCK}.0 || form.x == ${LABEL}.0 ? 0.0 : room));
  extents = extent;
  shape = form;
  colour = tone;
  fill = inside;
  vec2 turned = vec2(at.x * facing.x - at.y * facing.y, at.x * facing.y + at.y * facing.x);
  gl_Position = vec4((place.xy + turned - eye) * zoom, 0.0, 1.0);
}`;

export const SPRITE_FRAGMENT = `#version 300 es
precision highp float;
in vec2 at;
flat in vec2 extents;
flat in vec2 facing;
flat in vec3 shape;
flat in vec4 colour;
flat in vec4 fill;
uniform float pixel;
uniform sampler2D labels;
uniform sampler2D skins;
out vec4 result;
const int POINTS = ${HULLS[0].length};
const vec2 OUTLINES[${points.length}] = vec2[](${points.join(', ')});

float cover(float distance) { return clamp(0.5 - distance / pixel, 0.0, 1.0); }
vec4 solid(vec4 tone, float share) { return vec4(tone.rgb, 1.0) * (tone.a * share); }
vec4 over(vec4 above, vec4 below) { return above + below * (1.0 - above.a); }
vec4 light(vec3 tone, float strength) { return vec4(tone * strength, 0.0); }

vec4 box() {
  vec2 q = abs(at) - extents + shape.y;
  float distance = length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - shape.y;
  float line = shape.z > 0.0 ? cover(abs(distance + shape.z * 0.5) - shape.z * 0.5) : 0.0;
  // What is thinner than a pixel is fainter instead.
  float thin = min(1.0, 2.0 * min(extents.x, extents.y) / pixel);
  return over(solid(colour, line), solid(fill, cover(distance) * thin));
}

vec4 disc() {
  float distance = length(at) - extents.x;
  return solid(colour, shape.y > 0.0 ? smoothstep(0.0, -shape.y * extents.x, distance) : cover(distance));
}

vec4 ring() {
  float distance = length(at) - extents.x;
  float line = cover(abs(distance) - shape.y * 0.5);
  float turn = atan(at.y, at.x) / 6.2831853;
  if (shape.z >= 2.0) line *= smoothstep(0.28, 0.22, abs(fract(turn * shape.z) - 0.5));
  else if (shape.z > 0.0) line *= clamp(0.5 + (shape.z * 0.5 - abs(turn)) * 6.2831853 * extents.x / pixel, 0.0, 1.0);
  float depth = smoothstep(0.35, 1.0, length(at) / extents.x);
  return over(solid(colour, line), solid(fill, cover(distance) * depth));
}

vec4 hull() {
  int first = int(shape.y) * POINTS;
  vec2 p = vec2(at.x, abs(at.y)) / extents.x;
  float nearest = 1e9;
  bool within = false;
  for (int i = 0; i < POINTS; i++) {
    vec2 a = OUTLINES[first + i];
    vec2 b = OUTLINES[first + (i + 1) % POINTS];
    vec2 along = b - a;
    if (i < POINTS - 1) {
      vec2 off = p - a - along * clamp(dot(p - a, along) / dot(along, along), 0.0, 1.0);
      nearest = min(nearest, dot(off, off));
    }
    if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) * along.x / along.y) within = !within;
  }
  float distance = sqrt(nearest) * (within ? -1.0 : 1.0) * extents.x;
  // Light falls from the upper left on two flat sides.
  float side = at.y < 0.0 ? -1.0 : 1.0;
  vec2 normal = vec2(0.35 * facing.x - 0.9 * side * facing.y, 0.35 * facing.y + 0.9 * side * facing.x);
  float lit = 0.5 + 0.5 * dot(normal, vec2(-0.55, -0.83));
  vec2 glass = (p - vec2(${number(CANOPY.x)}, 0.0)) / vec2(${number(CANOPY.halfX)}, ${number(CANOPY.halfY)});
  float canopy = cover((length(glass) - 1.0) * ${number(CANOPY.halfY)} * extents.x);
  vec4 body = vec4(mix(fill.rgb, colour.rgb, 0.1 + 0.42 * lit * lit), fill.a);
  body.rgb = mix(body.rgb, mix(colour.rgb, vec3(1.0), 0.55), canopy);
  float edge = max(0.07 * extents.x, 0.75 * pixel);
  vec4 painted = over(solid(colour, cover(abs(distance) - edge)), solid(body, cover(distance)));
  float halo = exp(-max(distance, 0.0) / (0.22 * extents.x)) * shape.z * smoothstep(1.2, 0.4, distance / extents.x);
  return painted + light(colour.rgb, colour.a * halo * (1.0 - painted.a));
}

vec4 glow() {
  float fall = max(0.0, 1.0 - length(at) / extents.x);
  return light(colour.rgb, colour.a * fall * fall);
}

vec4 streak() {
  float head = extents.x - extents.y;
  float along = clamp((at.x + extents.x) / (head + extents.x), 0.0, 1.0);
  float across = at.x > head ? length(vec2(at.x - head, at.y)) : abs(at.y);
  float width = extents.y * (0.35 + 0.65 * along);
  float soft = max(0.0, 1.0 - across / width);
  float core = smoothstep(0.55, 0.8, soft) * along;
  float body = soft * soft * along * along;
  return light(mix(colour.rgb, vec3(1.0), core * shape.y), colour.a * (body * 0.75 + core));
}

vec4 trail() {
  float soft = max(0.0, 1.0 - abs(at.y) / extents.y);
  float strength = mix(shape.y, shape.z, clamp(at.x / extents.x * 0.5 + 0.5, 0.0, 1.0));
  return abs(at.x) > extents.x ? vec4(0.0) : light(colour.rgb, colour.a * soft * soft * strength);
}

vec4 shock() {
  float r = length(at) / extents.x;
  float inner = smoothstep(1.0 - shape.y, 1.0 - 0.25 * shape.y, r);
  float outer = smoothstep(1.0, 1.0 - 0.25 * shape.y, r);
  return light(colour.rgb, colour.a * inner * inner * outer);
}

vec4 beam() {
  float soft = max(0.0, 1.0 - abs(at.y) / extents.y);
  float core = smoothstep(1.0 - shape.y, 1.0 - shape.y * 0.5, soft);
  float ends = smoothstep(0.0, extents.y, extents.x - abs(at.x));
  float glow = soft * soft * soft;
  return light(mix(colour.rgb, vec3(1.0), core), colour.a * ends * (glow * 0.7 + core));
}

vec4 label() {
  vec2 slot = vec2(mod(shape.y, ${SLOTS.columns}.0), floor(shape.y / ${SLOTS.columns}.0));
  vec2 within = at / extents * 0.5 + 0.5;
  return texture(labels, (slot + within) / vec2(${SLOTS.columns}.0, ${SLOTS.rows}.0)) * colour.a;
}

vec4 rock() {
  vec2 skin = vec2(mod(shape.y, ${SKINS.columns}.0), floor(shape.y / ${SKINS.columns}.0));
  vec2 within = at / extents * 0.5 + 0.5;
  return texture(skins, (skin + within) / vec2(${SKINS.columns}.0, ${SKINS.rows}.0)) * colour.a;
}

void main() {
  switch (int(shape.x)) {
    case ${BOX}: result = box(); break;
    case ${DISC}: result = disc(); break;
    case ${RING}: result = ring(); break;
    case ${HULL}: result = hull(); break;
    case ${ROCK}: result = rock(); break;
    case ${LABEL}: result = label(); break;
    case ${GLOW}: result = glow(); break;
    case ${STREAK}: result = streak(); break;
    case ${TRAIL}: result = trail(); break;
    case ${SHOCK}: result = shock(); break;
    default: result = beam();
  }
}`;
