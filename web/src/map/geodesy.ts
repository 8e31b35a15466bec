/**
 * Lengths and areas on the ellipsoid of CGCS2000 (a = 6,378,137 m, 1/f = 298.257222101).
 *
 * Length: geodesic by Vincenty's inverse formula. Area: edges are straight in longitude and latitude, as in a layer of
 * EPSG:4490; A = |∮ S(φ) dλ| with S(φ) = b²/2 · [ sin φ / (1 − e² sin² φ) + artanh(e sin φ) / e ], the area of one radian of
 * longitude between equator and φ. S is integrated along each edge with five Gauss points.
 */
import type { Geometry } from "geojson";

const A_M = 6_378_137;
const FLATTENING = 1 / 298.257222101;
const B_M = A_M * (1 - FLATTENING);
const E2 = FLATTENING * (2 - FLATTENING);
const E = Math.sqrt(E2);
const RADIANS = Math.PI / 180;
const GAUSS: readonly [number, number][] = [
  [0, 0.5688888888888889 / 2],
  [-0.5384693101056831, 0.47862867049936647 / 2],
  [0.5384693101056831, 0.47862867049936647 / 2],
  [-0.906179845938664, 0.23692688505618908 / 2],
  [0.906179845938664, 0.23692688505618908 / 2],
];

export const SQUARE_METRES_PER_HECTARE = 10_000;
/** 15 mu are one hectare. */
export const SQUARE_METRES_PER_MU = 10_000 / 15;

type Position = readonly number[];

/** Length of the geodesic between two positions, in metres. */
export function distanceM(from: Position, to: Position): number {
  const [lon1, lat1] = at(from);
  const [lon2, lat2] = at(to);
  const difference = (lon2 - lon1) * RADIANS;
  const u1 = Math.atan((1 - FLATTENING) * Math.tan(lat1 * RADIANS));
  const u2 = Math.atan((1 - FLATTENING) * Math.tan(lat2 * RADIANS));
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = difference;
  for (let turn = 0; turn < 100; turn += 1) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinSigma === 0) return 0;
    const cosSigma = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cos1 * cos2 * sinL) / sinSigma;
    const cos2Alpha = 1 - sinAlpha ** 2;
    const cosMiddle = cos2Alpha === 0 ? 0 : cosSigma - (2 * sin1 * sin2) / cos2Alpha;
    const c = (FLATTENING / 16) * cos2Alpha * (4 + FLATTENING * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = difference + (1 - c) * FLATTENING * sinAlpha * (sigma + c * sinSigma * (cosMiddle + c * cosSigma * (2 * cosMiddle ** 2 - 1)));
    if (Math.abs(lambda - before) < 1e-12) {
      const u = (cos2Alpha * (A_M ** 2 - B_M ** 2)) / B_M ** 2;
      const a = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
      const b = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
      const turnBack = (b / 6) * cosMiddle * (4 * sinSigma ** 2 - 3) * (4 * cosMiddle ** 2 - 3);
      const deltaSigma = b * sinSigma * (cosMiddle + (b / 4) * (cosSigma * (2 * cosMiddle ** 2 - 1) - turnBack));
      return B_M * a * (sigma - deltaSigma);
    }
  }
  throw new RangeError("The two positions are antipodes.");
}

/** Length along a line, in metres. */
export function lengthM(line: readonly Position[]): number {
  let sum = 0;
  for (let index = 1; index < line.length; index += 1) sum += distanceM(line[index - 1] as Position, line[index] as Position);
  return sum;
}

/** Ellipsoidal area of a polygon or multipolygon, holes taken off, in square metres; zero for anything else. */
export function areaM2(geometry: Geometry): number {
  if (geometry.type === "MultiPolygon") return geometry.coordinates.reduce((sum, rings) => sum + polygonM2(rings), 0);
  return geometry.type === "Polygon" ? polygonM2(geometry.coordinates) : 0;
}

function polygonM2(rings: readonly (readonly Position[])[]): number {
  const [outer, ...holes] = rings.map((ring) => Math.abs(ringM2(ring)));
  return (outer ?? 0) - holes.reduce((sum, hole) => sum + hole, 0);
}

function ringM2(ring: readonly Position[]): number {
  let sum = 0;
  for (let index = 0; index < ring.length; index += 1) {
    const [lon1, lat1] = at(ring[index] as Position);
    const [lon2, lat2] = at(ring[(index + 1) % ring.length] as Position);
    sum += (lon2 - lon1) * RADIANS * meanZoneM2(lat1 * RADIANS, lat2 * RADIANS);
  }
  return sum;
}

function meanZoneM2(from: number, to: number): number {
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  return GAUSS.reduce((sum, [place, weight]) => sum + weight * zoneM2(middle + half * place), 0);
}

function zoneM2(latitude: number): number {
  const sine = Math.sin(latitude);
  return (B_M ** 2 / 2) * (sine / (1 - E2 * sine ** 2) + Math.atanh(E * sine) / E);
}

function at(position: Position): [number, number] {
  return [position[0] as number, position[1] as number];
}
