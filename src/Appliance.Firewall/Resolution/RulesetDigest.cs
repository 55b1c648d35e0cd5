using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>A number for what a ruleset says, equal for equal rulesets.</summary>
internal static class RulesetDigest
{
    private const byte End = 0;                                       // behind each text: none has it within

    public static string Of(PfRuleset parsed, Ruleset rules, ImmutableArray<ResolvedTable> tables)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string line in parsed.Lines) Append(hash, line);
        foreach (RuleList list in (ReadOnlySpan<RuleList>)[rules.Nat, rules.Redirect, rules.BinatOut, rules.Filter])
            for (int index = 0; index < list.Count; index++) Append(hash, list[index].Id);
        foreach (ResolvedTable table in tables) Append(hash, table.Contents);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([End]);
    }

    private static void Append(IncrementalHash hash, AddressTable table)
    {
        Append(hash, table.Name);
        Span<byte> bytes = stackalloc byte[19];
        foreach (TableEntry entry in table.Entries())
        {
            IpPrefix prefix = entry.Prefix;
            BinaryPrimitives.WriteUInt128BigEndian(bytes, prefix.Address.Bits);
            bytes[16] = (byte)prefix.Length;
            bytes[17] = (byte)(prefix.Address.IsV6 ? 6 : 4);
            bytes[18] = (byte)(entry.IsNegated ? 1 : 0);
            hash.AppendData(bytes);
        }
    }
}
