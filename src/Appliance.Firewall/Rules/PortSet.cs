using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>
/// A set of the appliance's ports by index, or its complement, or all. A packet that came by no port (index -1: made here) is in a
/// complement and in <see cref="Any"/>, never in a set.
/// </summary>
public sealed class PortSet : IEquatable<PortSet>
{
    public static readonly PortSet Any = new([], negated: true);
    private readonly ImmutableArray<ushort> _ports;                   // ascending, each once
    private readonly ulong[] _words;

    private PortSet(ImmutableArray<ushort> ports, bool negated)
    {
        (_ports, IsNegated) = (ports, negated);
        _words = new ulong[ports.IsEmpty ? 0 : (ports[^1] >> 6) + 1];
        foreach (ushort port in ports) _words[port >> 6] |= 1UL << port;
    }

    public static PortSet Of(params IEnumerable<ushort> ports) => new([.. ports.Distinct().Order()], negated: false);

    /// <summary>The ports that stand in the set, or with <see cref="IsNegated"/> those that do not belong to it; ascending.</summary>
    public ImmutableArray<ushort> Ports => _ports;

    public bool IsNegated { get; }
    public bool IsAny => IsNegated && _ports.IsEmpty;

    public PortSet Complement() => new(_ports, !IsNegated);

    public bool Contains(int port)
    {
        int word = port >> 6;                                         // -1 has no word
        bool stands = (uint)word < (uint)_words.Length && ((_words[word] >> port) & 1) != 0;
        return stands != IsNegated;
    }

    public bool Equals(PortSet? other) =>
        other is not null && IsNegated == other.IsNegated && _ports.AsSpan().SequenceEqual(other._ports.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as PortSet);

    public override int GetHashCode() => HashCode.Combine(IsNegated, _ports.Length, _ports.IsEmpty ? 0 : _ports[0]);
}
