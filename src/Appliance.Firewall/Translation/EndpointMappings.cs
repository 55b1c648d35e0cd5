using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Which outer endpoint an inner one has, towards whomever it sends (<c>endpoint-independent</c>, RFC 4787 REQ-1; as in FreeBSD of UDP
/// alone). A mapping stays as long as any state uses it, and its outer endpoint is nobody else's. Of all workers, touched only when a state
/// is made or ends; a mapping is in one of many small sets, claimed for a few instructions. Its size never changes: what finds no room is
/// refused.
/// <para>
/// An inner endpoint may have several, for rules that lead to other addresses: a rule goes on with one that it could have made itself.
/// </para>
/// </summary>
public sealed class EndpointMappings
{
    public const int MaxMappings = 1 << 20;

    private const int SetLength = 16, PlacesPerMapping = 2;

    private readonly PortClaims _ports;
    private Places? _places;
    private int _count;

    /// <param name="ports">Where the outer endpoints are claimed.</param>
    public EndpointMappings(PortClaims ports) => _ports = ports;

    /// <summary>Mappings that there are now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Makes room, before the first mapping; by any thread, between breaths. Who asks first decides how much for good.</summary>
    /// <param name="mappings">That there may be.</param>
    public void Prepare(int mappings)
    {
        if (Volatile.Read(ref _places) is not null) return;
        int sets = 1;
        while (sets * SetLength < (long)PlacesPerMapping * Math.Min(mappings, MaxMappings)) sets *= 2;
        Interlocked.CompareExchange(ref _places, new Places(sets), null);
    }

    /// <summary>One more state of an inner endpoint that has a mapping which the rule could have made. False: it has none.</summary>
    internal bool TryHold(in MappedEndpoint inner, SourceTranslation rule, out MappedEndpoint outer)
    {
        outer = default;
        if (Count == 0 || _places is not { } places || !places.TryEnter(SetOf(inner), out Span<Mapping> mappings)) return false;
        int place = Find(mappings, inner, rule);
        if (place >= 0)
        {
            mappings[place].States++;
            outer = mappings[place].Outer;
        }

        places.Claims.Leave(SetOf(inner));
        return place >= 0;
    }

    /// <summary>
    /// Makes a mapping, with one state. Another worker may have made one meanwhile, which is to be used then.
    /// </summary>
    /// <param name="inner">The flow's source.</param>
    /// <param name="rule">By which it is translated.</param>
    /// <param name="outer">Claimed by <see cref="ClaimTo"/>: the mapping has the claim from here on, if it is the one that is made.</param>
    /// <param name="held">The endpoint to use.</param>
    /// <returns>False: there is no room.</returns>
    internal bool TryAdd(in MappedEndpoint inner, SourceTranslation rule, in MappedEndpoint outer, out MappedEndpoint held)
    {
        held = default;
        if (_places is not { } places || !places.TryEnter(SetOf(inner), out Span<Mapping> mappings)) return false;
        int place = Find(mappings, inner, rule);
        if (place < 0 && TryFindFree(mappings, out place))
        {
            mappings[place] = new Mapping { Inner = inner, Outer = outer };
            Interlocked.Increment(ref _count);
        }

        if (place >= 0)
        {
            mappings[place].States++;
            held = mappings[place].Outer;
        }

        places.Claims.Leave(SetOf(inner));
        return place >= 0;
    }

    /// <summary>A state has ended; with the last one the mapping goes, and its outer endpoint is free.</summary>
    internal void Release(in MappedEndpoint inner, in MappedEndpoint outer)
    {
        if (_places is not { } places || !places.TryEnter(SetOf(inner), out Span<Mapping> mappings)) return;
        foreach (ref Mapping mapping in mappings)
        {
            if (mapping.States == 0 || mapping.Inner != inner || mapping.Outer != outer) continue;
            if (--mapping.States > 0) break;
            _ports.Release(ClaimTo(outer));
            Interlocked.Decrement(ref _count);
            break;
        }

        places.Claims.Leave(SetOf(inner));
    }

    /// <summary>The claim to an outer endpoint towards everybody. No flow has the key that it is made of.</summary>
    internal ulong ClaimTo(in MappedEndpoint outer) => _ports.ClaimTo(outer.KeyTowardsNobody);

    /// <summary>Whether the outer endpoint is a mapping's.</summary>
    internal bool IsMapped(in MappedEndpoint outer) => Count > 0 && _ports.IsClaimed(ClaimTo(outer));

    private static int Find(Span<Mapping> mappings, in MappedEndpoint inner, SourceTranslation rule)
    {
        for (int place = 0; place < mappings.Length; place++)
        {
            ref Mapping mapping = ref mappings[place];
            if (mapping.States > 0 && mapping.Inner == inner && rule.CouldGive(mapping.Outer, inner)) return place;
        }

        return -1;
    }

    private static bool TryFindFree(Span<Mapping> mappings, out int place)
    {
        for (place = 0; place < mappings.Length; place++)
            if (mappings[place].States == 0) return true;
        place = -1;
        return false;
    }

    private int SetOf(in MappedEndpoint inner)
    {
        uint rest = ((uint)inner.Port << 1) | (inner.IsV6 ? 1u : 0);
        ulong drawn = _ports.Random.Draw(
            RandomPurpose.EndpointMapping, (ulong)(inner.Address >> 64), (ulong)inner.Address, rest);
        return (int)(drawn >> 32) & (_places!.Sets - 1);
    }

    private struct Mapping
    {
        public MappedEndpoint Inner, Outer;
        public int States;                                              // 0: free
    }

    private sealed class Places(int sets)
    {
        private readonly Mapping[] _mappings = new Mapping[sets * SetLength];

        public int Sets => sets;

        public SetClaims Claims { get; } = new(sets);

        /// <summary>False: not to be had for seconds.</summary>
        public bool TryEnter(int set, out Span<Mapping> mappings)
        {
            mappings = _mappings.AsSpan(set * SetLength, SetLength);
            return Claims.TryEnter(set);
        }
    }
}
