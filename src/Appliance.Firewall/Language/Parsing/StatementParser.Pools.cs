using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Appliance.Firewall.Language;

/// <content>Where translations lead.</content>
internal sealed partial class StatementParser
{
    /// <summary>nat-to, rdr-to, binat-to and af-to.</summary>
    private bool TranslationOption(FilterDraft draft)
    {
        switch (_tokens.Current.Text)
        {
            case "nat-to" when TakeWord():
                Once(draft, "nat-to");
                draft.Statement = draft.Statement with { SourcePool = PoolWithOptions() };
                return true;
            case "rdr-to" when TakeWord():
                Once(draft, "rdr-to");
                draft.Statement = draft.Statement with { DestinationPool = PoolWithOptions() };
                return true;
            case "binat-to" when TakeWord():
                Once(draft, "nat-to");
                Once(draft, "rdr-to");
                draft.Statement = draft.Statement with { SourcePool = PoolWithOptions(), IsBinatTo = true };
                return true;
            case "af-to":
                Once(draft, "nat-to");
                Once(draft, "rdr-to");
                AfTo(draft);
                return true;
            default:
                return false;
        }
    }

    private void AfTo(FilterDraft draft)
    {
        SourcePosition position = _tokens.Take().Position;
        AddressFamily family = Family();
        if (family == AddressFamily.Unspecified) _tokens.FailExpecting("'inet' or 'inet6' behind 'af-to'");
        if (draft.Rule.Direction != RuleDirection.In) _tokens.Fail(position, "af-to can only be used with direction in");
        _tokens.Expect("from", "and the new source");
        PoolSyntax source = PoolWithOptions();
        PoolSyntax? destination = _tokens.TryTake("to") ? PoolWithOptions() : null;
        draft.Statement = draft.Statement with { SourcePool = source, DestinationPool = destination };
        draft.Rule = draft.Rule with { Translation = new Translation { NewFamily = family } };
    }

    private PoolSyntax PoolWithOptions() => PoolOptions(Pool());

    /// <summary>Addresses, and perhaps a port or a range of them.</summary>
    private PoolSyntax Pool()
    {
        SourcePosition position = _tokens.Position;
        ImmutableArray<PfHost> hosts = _tokens.TakeList<PfHost>(items => items.AddRange(Host()));
        if (hosts.FirstOrDefault(host => host.IsEverything) is { } everything)
            _tokens.Fail(everything.Position, "every address cannot be translated to; expected an address or a network");
        var pool = new PoolSyntax(position) { Addresses = [.. hosts.Select(host => new PoolAddress(host))] };
        if (!_tokens.TryTake("port")) return pool;
        Token token = _tokens.Current;
        if (token.Text.EndsWith(":*", StringComparison.Ordinal))
        {
            _tokens.TakeString("a port");
            return pool with { FirstPort = Port(token.Text[..^2], token.Position), IsOpenEnded = true };
        }

        (ushort first, ushort last, _) = PortRange();
        return pool with { FirstPort = first, LastPort = last };
    }

    /// <summary>How a pool's addresses and ports are chosen.</summary>
    private PoolSyntax PoolOptions(PoolSyntax pool)
    {
        var said = new HashSet<string>(StringComparer.Ordinal);
        while (!_tokens.HasFailed)
        {
            Token token = _tokens.Current;
            PoolSyntax? next = token.Kind == TokenKind.Word ? PoolOption(pool, token) : null;
            if (next is null) return pool;
            string name = next.Kind != pool.Kind ? "pool type" : token.Text;
            bool isRepeated = !said.Add(name) || (name == "pool type" && pool.Kind is not null);
            if (isRepeated) _tokens.Fail(token.Position, $"{name} cannot be redefined");
            pool = next;
        }

        return pool;
    }

    /// <summary>The pool with one option more; null where none begins.</summary>
    private PoolSyntax? PoolOption(PoolSyntax pool, Token token)
    {
        switch (token.Text)
        {
            case "bitmask" when TakeWord(): return pool with { Kind = PoolKind.Bitmask };
            case "random" when TakeWord(): return pool with { Kind = PoolKind.Random };
            case "round-robin" when TakeWord(): return pool with { Kind = PoolKind.RoundRobin };
            case "source-hash" when TakeWord(): return pool with { Kind = PoolKind.SourceHash, HashKey = HashKey() };
            case "static-port" when TakeWord(): return pool with { StaticPort = true };
            case "sticky-address" when TakeWord(): return pool with { StickyAddress = true };
            case "endpoint-independent" when TakeWord(): return pool with { EndpointIndependent = true };
            case "prefer-ipv6-nexthop" when TakeWord(): return pool with { PreferIpv6NextHop = true };
            case "map-e-portset" when TakeWord(): return pool with { MapE = PortSet(pool, token) };
            default: return null;
        }
    }

    private MapEPortSet PortSet(PoolSyntax pool, Token word)
    {
        if (pool.Kind is not null) _tokens.Fail(word.Position, "map-e-portset cannot be used with address pools");
        long offset = Number("a MAP-E PSID offset", 1, 15);
        _tokens.Expect('/', "behind the offset");
        long length = Number("a MAP-E PSID length", 1, Math.Max(1, 16 - offset));
        _tokens.Expect('/', "behind the length");
        return new MapEPortSet((byte)offset, (byte)length, (ushort)Number("a MAP-E PSID", 0, ushort.MaxValue));
    }

    /// <summary>A key of 32 hexadecimal digits, or a text from which pfctl makes one; null where there is none.</summary>
    private UInt128? HashKey()
    {
        if (!_tokens.Current.IsString) return null;
        SourcePosition position = _tokens.Position;
        string text = _tokens.TakeStrings("a key");
        if (!text.StartsWith("0x", StringComparison.Ordinal)) return KeyOf(text);
        if (text.Length != 34)
            _tokens.Fail(position, "hex key must be 128 bits (32 hex digits) long");
        else if (UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 key))
            return key;
        else
            _tokens.Fail(position, "invalid hex key");
        return null;
    }

    /// <summary>pfctl's key of a text is its MD5: a number that all hosts agree on, no secret.</summary>
    private static UInt128 KeyOf(string text)
    {
        Span<byte> digest = stackalloc byte[16];
#pragma warning disable CA5351 // The number must be that of pfctl; nothing is protected by it.
        MD5.HashData(Encoding.UTF8.GetBytes(text), digest);
#pragma warning restore CA5351
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
