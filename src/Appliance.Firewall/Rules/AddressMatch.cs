using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// A condition on the source or the destination. What stands for the addresses of a port, <c>(port)</c>, is resolved to ranges when the
/// model is built, and may be none: then nothing matches, and everything does negated.
/// </summary>
public sealed class AddressMatch : IEquatable<AddressMatch>
{
    public static readonly AddressMatch Any = new(AddressMatchKind.Any, [], table: null, negated: false);
    public static readonly AddressMatch NoRoute = new(AddressMatchKind.NoRoute, [], table: null, negated: false);
    public static readonly AddressMatch UrpfFailed = new(AddressMatchKind.UrpfFailed, [], table: null, negated: false);

    private AddressMatch(AddressMatchKind kind, ImmutableArray<AddressRange> ranges, AddressTable? table, bool negated) =>
        (Kind, Ranges, Table, IsNegated) = (kind, ranges, table, negated);

    public AddressMatchKind Kind { get; }
    public bool IsNegated { get; }

    /// <summary>Those of <see cref="AddressMatchKind.Ranges"/>, of either family, in the order given.</summary>
    public ImmutableArray<AddressRange> Ranges { get; }

    /// <summary>Of <see cref="AddressMatchKind.Table"/>, else null.</summary>
    public AddressTable? Table { get; }

    /// <summary>Whether every address matches, whatever it is.</summary>
    public bool IsAny => Kind == AddressMatchKind.Any && !IsNegated;

    public static AddressMatch Of(IpPrefix prefix) => Of(AddressRange.Of(prefix));

    public static AddressMatch Of(params ImmutableArray<AddressRange> ranges) =>
        new(AddressMatchKind.Ranges, ranges, table: null, negated: false);

    public static AddressMatch Of(AddressTable table) => new(AddressMatchKind.Table, [], table, negated: false);

    /// <summary>The opposite. <c>! any</c> matches nothing, as in pf.</summary>
    public AddressMatch Not() => new(Kind, Ranges, Table, !IsNegated);

    public bool Equals(AddressMatch? other) =>
        other is not null && Kind == other.Kind && IsNegated == other.IsNegated && ReferenceEquals(Table, other.Table)
        && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as AddressMatch);

    public override int GetHashCode() => HashCode.Combine(Kind, IsNegated, Table?.Name, Ranges.IsEmpty ? default : Ranges[0]);

    public override string ToString()
    {
        string what = Kind switch
        {
            AddressMatchKind.Ranges => "{ " + string.Join(", ", Ranges) + " }",
            AddressMatchKind.Table => $"<{Table?.Name}>",
            AddressMatchKind.NoRoute => "no-route",
            AddressMatchKind.UrpfFailed => "urpf-failed",
            _ => "any",
        };
        return IsNegated ? "! " + what : what;
    }
}
