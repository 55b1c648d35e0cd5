using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>
/// What an appliance calls by number, by the names that a peer understands: ports by name, and by a group where the peer calls them
/// otherwise; tags by name; rules by the digest of their normalized text. Rules of one text are told apart by their order. Immutable.
/// </summary>
public sealed class FlowNames
{
    public static readonly FlowNames None = new([], [], [], []);

    private readonly ImmutableArray<byte[]> _ports, _roles, _tags;      // UTF-8; by number
    private readonly ulong[][] _rules;                                  // by list, then by index
    private readonly Dictionary<ulong, uint> _byDigest = [];

    private FlowNames(ImmutableArray<byte[]> ports, ImmutableArray<byte[]> roles, ImmutableArray<byte[]> tags, ulong[][] rules)
    {
        (_ports, _roles, _tags, _rules) = (ports, roles, tags, rules);
        for (int list = 0; list < rules.Length; list++)
        {
            for (int index = 0; index < rules[list].Length; index++)
                _byDigest[rules[list][index]] = PackedRule.Pack((RulesetList)list, index);
        }
    }

    public static FlowNames Of(ResolvedRuleset rules)
    {
        FirewallPort[] ports = [.. rules.Ports.All];
        int count = ports.Length == 0 ? 0 : ports.Max(port => port.Index) + 1;
        var names = new byte[count][];
        var roles = new byte[count][];
        Array.Fill(names, []);
        Array.Fill(roles, []);
        foreach (FirewallPort port in ports)
        {
            names[port.Index] = Encoding.UTF8.GetBytes(port.Name);
            roles[port.Index] = port.Groups.IsEmpty ? [] : Encoding.UTF8.GetBytes(port.Groups[0]);
        }

        var digests = new ulong[(int)RulesetList.BinatIn + 1][];
        digests[(int)RulesetList.Filter] = DigestsOf("filter", rules.Origins);
        digests[(int)RulesetList.Nat] = DigestsOf("nat", rules.NatOrigins);
        digests[(int)RulesetList.Redirect] = DigestsOf("rdr", rules.RedirectOrigins);
        digests[(int)RulesetList.BinatOut] = DigestsOf("binat out", rules.BinatOrigins);
        digests[(int)RulesetList.BinatIn] = DigestsOf("binat in", rules.BinatOrigins);
        return new FlowNames([.. names], [.. roles], [.. rules.Tags.Select(Encoding.UTF8.GetBytes)], digests);
    }

    /// <summary>Of a port by its logical number; empty: there is none.</summary>
    public ReadOnlySpan<byte> PortOf(int port) => NameOf(_ports, port);

    /// <summary>A group of it; empty: it is in none.</summary>
    public ReadOnlySpan<byte> RoleOf(int port) => NameOf(_roles, port);

    /// <summary>Empty for none.</summary>
    public ReadOnlySpan<byte> TagOf(ushort tag) => NameOf(_tags, tag - 1);

    /// <summary>The port of this name; else the only one of this role.</summary>
    public bool TryFindPort(ReadOnlySpan<byte> name, ReadOnlySpan<byte> role, out ushort port)
    {
        if (TryFind(_ports, name, out port)) return true;
        return TryFind(_roles, role, out port) && !TryFind(_roles, role, out _, from: port + 1);
    }

    /// <summary>0: there is none of this name.</summary>
    public ushort FindTag(ReadOnlySpan<byte> name) => TryFind(_tags, name, out ushort index) ? (ushort)(index + 1) : (ushort)0;

    /// <summary>Of a rule as <see cref="PackedRule"/> packs it, which a filter rule's index is; 0: there is none.</summary>
    internal ulong DigestOf(uint reference)
    {
        int list = (int)PackedRule.ListOf(reference), index = PackedRule.IndexOf(reference);
        return list < _rules.Length && index < _rules[list].Length ? _rules[list][index] : 0;
    }

    internal bool TryFindRule(ulong digest, out uint reference) => _byDigest.TryGetValue(digest, out reference);

    private static ulong[] DigestsOf(string list, ImmutableArray<PfRule> rules)
    {
        var texts = new RuleIds();
        return [.. rules.Select(rule => DigestOf($"{list} {texts.Next(rule.Text)}"))];
    }

    private static ulong DigestOf(string text) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) | 1;

    private static ReadOnlySpan<byte> NameOf(ImmutableArray<byte[]> names, int number) =>
        (uint)number < (uint)names.Length ? names[number] : default;

    private static bool TryFind(ImmutableArray<byte[]> names, ReadOnlySpan<byte> name, out ushort index, int from = 0)
    {
        index = 0;
        if (name.IsEmpty) return false;
        for (int i = from; i < names.Length; i++)
        {
            if (!name.SequenceEqual(names[i])) continue;
            index = (ushort)i;
            return true;
        }

        return false;
    }
}
