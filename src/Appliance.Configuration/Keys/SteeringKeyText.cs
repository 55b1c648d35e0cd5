using System.Collections.Immutable;

namespace Appliance.Configuration.Keys;

/// <summary>A steering key as written; the bytes are empty unless it is given.</summary>
internal readonly record struct SteeringKeyText(SteeringKeyKind Kind, ImmutableArray<byte> Bytes);
