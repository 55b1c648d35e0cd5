using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>
/// The memories of pools with <c>sticky-address</c>, by number. A pool of another ruleset that says what one of the ruleset before said
/// goes on with its memory, so that a reload sends nobody elsewhere; pf begins every rule anew. States name the memories that hold their
/// sources, and so end what began under a ruleset that is gone.
/// </summary>
/// <remarks>One thread, the one that loads rulesets, opens; workers release.</remarks>
public sealed class StickyLedger
{
    /// <summary>Pools that may be remembered at once: those of the ruleset, and of earlier ones those that still have states.</summary>
    public const int MaxPools = byte.MaxValue;

    private readonly StickySources?[] _pools = new StickySources?[MaxPools + 1];
    private readonly string?[] _names = new string?[MaxPools + 1];
    private uint _second;

    /// <summary>
    /// The memories of a ruleset's pools that need one. Null for a pool that finds no number: until states of earlier rulesets have ended
    /// its sources stick to nothing.
    /// </summary>
    /// <param name="rules">About to be given to the workers.</param>
    /// <param name="isSettled">No worker goes by an earlier ruleset than the one of the last call.</param>
    public StickyPools Open(ResolvedRuleset rules, bool isSettled)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new RuleIds();
        List<string?> sources = [], destinations = [], routes = [];
        foreach (RuleTranslation translation in rules.Translations)
        {
            sources.Add(NameOf("source", translation.Source?.Pool));
            destinations.Add(NameOf("destination", translation.Destination?.Pool));
        }

        foreach (RuleRoute route in rules.Routes) routes.Add(NameOf("route", route.Pool));
        if (isSettled) Forget(wanted);
        return new StickyPools(ToPools(sources), ToPools(destinations), ToPools(routes));

        string? NameOf(string purpose, PoolSpec? pool)
        {
            if (pool is not { IsSticky: true, Kind: PoolKind.RoundRobin }) return null;
            string name = numbers.Next($"{purpose} {string.Join(' ', pool.Members.Select(member => $"{member}@{member.Via}"))}");
            wanted.Add(name);
            return name;
        }

        ImmutableArray<StickySources?> ToPools(List<string?> names) => [.. names.Select(name => name is null ? null : Take(name))];
    }

    /// <summary>A state has ended that a memory holds its source for.</summary>
    /// <param name="number">Of the memory; 0: of none.</param>
    /// <param name="source">As it was held.</param>
    /// <param name="isV6">Its family.</param>
    /// <param name="keptSeconds">How long it is remembered without states.</param>
    public void Release(byte number, UInt128 source, bool isV6, uint keptSeconds)
    {
        if (number != 0) Volatile.Read(ref _pools[number])?.Release(KeyOf(source, isV6), keptSeconds);
    }

    /// <summary>The present, in seconds; any worker tells it, each breath.</summary>
    public void Tell(uint second)
    {
        if (Volatile.Read(ref _second) == second) return;
        Volatile.Write(ref _second, second);
        foreach (StickySources? pool in _pools)
            if (pool is not null) pool.Second = second;
    }

    /// <summary>By what a source is held: that of IPv4 as IPv6 maps it, for a pool may have both.</summary>
    internal static UInt128 KeyOf(UInt128 source, bool isV6) => isV6 ? source : source | ((UInt128)0xffff << 32);

    private StickySources? Take(string name)
    {
        int number = Array.IndexOf(_names, name, 1);
        if (number < 0) number = Array.IndexOf(_names, null, 1);
        if (number < 0) return null;
        _names[number] = name;
        return _pools[number] ??= new StickySources { Number = (byte)number, Second = Volatile.Read(ref _second) };
    }

    /// <summary>What the ruleset does not want, and nobody's state names.</summary>
    private void Forget(HashSet<string> wanted)
    {
        for (int number = 1; number <= MaxPools; number++)
        {
            if (_names[number] is not { } name || wanted.Contains(name) || !_pools[number]!.IsIdle) continue;
            _names[number] = null;
            Volatile.Write(ref _pools[number], null);
        }
    }
}
