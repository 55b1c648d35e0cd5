using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// What a new flow's endpoints become while rules judge it, and what has been taken for that: it is given to the flow's state, or given
/// back when there will be none.
/// </summary>
internal struct NewTranslation
{
    public FrameEndpoints Ends;
    public ulong Claim;                                                 // to the key of its answers; 0: none yet
    public ulong ArrivalClaim;                                          // to the key by which it came in; 0: none

    /// <summary>The rule that translated last, as <see cref="PackedRule"/> packs it.</summary>
    public uint Rule;

    private SourceTranslation? _source;                                 // that holds a sticky source, and which
    private DestinationTranslation? _destination;
    private UInt128 _held, _heldByDestination;
    private FrameEndpoints _first;                                      // before all translation
    private MappedEndpoint _inner, _outer;
    private bool _isMapped;

    public static NewTranslation None(in FrameEndpoints ends) => new() { Ends = ends, _first = ends, Rule = PackedRule.None };

    /// <summary>The memory that holds its source for its new source, in <see cref="StickyLedger"/>.</summary>
    public readonly byte StickySource => _source?.Sticky?.Number ?? 0;

    /// <summary>And for its new destination.</summary>
    public readonly byte StickyDestination => _destination?.Sticky?.Number ?? 0;

    /// <summary>Its source has the endpoint that it has towards whomever it sends.</summary>
    public readonly bool IsMapped => _isMapped;

    public readonly bool IsAny => Rule != PackedRule.None;

    /// <summary>False: there is no endpoint left, and the flow is to be refused.</summary>
    public bool TryApply(in PacketFacts facts, ushort bucket, LiveTranslation translation, uint rule, ref TranslationProbe probe)
    {
        bool v6 = facts.View.IsV6;
        FrameEndpoints ends = Ends;
        if (translation.Destination(v6) is { } destination)
        {
            UnstickDestination();
            if (!destination.TryChoose(Ends, facts.View.Protocol, out ends)) return false;
            (_destination, _heldByDestination) = (destination, ends.Source);
        }

        if (translation.Source(v6) is { } source)
        {
            GiveBackPort(probe.Claims, probe.Mappings);
            UnstickSource();
            bool isChosen = source.IsEndpointIndependent(facts.View.Protocol)
                ? TryMap(facts, bucket, source, ref probe, ref ends)
                : TryChoose(facts, bucket, source, isForAll: false, ref probe, ref ends);
            if (!isChosen) return false;
            (_source, _held) = (source, Ends.Source);
        }

        if (ends == Ends)
        {
            if (!IsAny) GiveBack(probe.Sharing);                        // nobody would, for a state that is not translated
            return true;
        }

        (Ends, Rule) = (ends, rule);
        return true;
    }

    private bool TryChoose(
        in PacketFacts facts, ushort bucket, SourceTranslation source, bool isForAll, ref TranslationProbe probe, ref FrameEndpoints ends)
    {
        probe.Begin(ends, isForAll);
        if (!source.TryChoose(ends, facts.View.Protocol, probe.Ports, bucket, ref probe, out ends)) return false;
        Claim = probe.Claim;
        return true;
    }

    /// <summary>The endpoint that the source has already, else one that it has from now on.</summary>
    private bool TryMap(
        in PacketFacts facts, ushort bucket, SourceTranslation source, ref TranslationProbe probe, ref FrameEndpoints ends)
    {
        FrameEndpoints before = ends;
        _inner = new MappedEndpoint(_first.Source, _first.SourcePort, facts.View.IsV6);
        if (probe.Mappings.TryHold(_inner, source, out _outer)) return TryUseMapping(source, before, ref probe, ref ends);
        if (!TryChoose(facts, bucket, source, isForAll: true, ref probe, ref ends)) return false;
        var chosen = new MappedEndpoint(ends.Source, ends.SourcePort, _inner.IsV6);
        bool isHeld = probe.Mappings.TryAdd(_inner, source, chosen, out _outer);
        _isMapped = isHeld && _outer == chosen;
        if (_isMapped) return true;
        probe.Claims.Release(probe.Mappings.ClaimTo(chosen));
        probe.Claims.Release(Claim);
        Claim = 0;
        source.Unstick(before.Source);
        return isHeld && TryUseMapping(source, before, ref probe, ref ends);        // another worker was faster
    }

    /// <summary>False: to that destination another flow has the port, whose rule does not keep ports.</summary>
    private bool TryUseMapping(
        SourceTranslation source, in FrameEndpoints before, ref TranslationProbe probe, ref FrameEndpoints ends)
    {
        probe.Begin(before);
        bool isFree = probe.TryClaim(_outer.Address, _outer.Port);
        if (!isFree || !source.TryStick(before.Source, _outer.Address))
        {
            if (isFree) probe.Claims.Release(probe.Claim);
            probe.Mappings.Release(_inner, _outer);
            return false;
        }

        (Claim, _isMapped) = (probe.Claim, true);
        ends = before with { Source = _outer.Address, SourcePort = _outer.Port };
        return true;
    }

    /// <summary>
    /// Before the state of a translated flow is made: the key by which its answers come is its own among all workers' flows, and so is
    /// that by which it came in, if no state knows that already: no source is translated to it meanwhile, and no answers to what is
    /// redirected are taken for it. Of several translations, a later one may have changed where the answers come from.
    /// </summary>
    /// <param name="claims">Of all workers.</param>
    /// <param name="flow">The state's.</param>
    /// <param name="isKnown">It goes out and came in by a state.</param>
    /// <param name="model">In force.</param>
    /// <returns>
    /// <see cref="DropReason.NatExhausted"/>: the port that was chosen is taken towards there. <see cref="DropReason.Block"/>: there is a
    /// state of this key already, as where one worker alone has both.
    /// </returns>
    public DropReason Settle(PortClaims claims, in NewFlow flow, bool isKnown, FirewallModel model)
    {
        bool hadPort = Claim != 0;
        ulong claim = claims.ClaimTo(StateEndpoints.AnswersTo(flow.Direction, flow.Wire, flow.Stack));
        if (claim != Claim)
        {
            if (hadPort) claims.Release(Claim);
            Claim = claims.TryClaim(claim) ? claim : 0;
        }

        if (Claim == 0) return hadPort ? DropReason.NatExhausted : DropReason.Block;
        bool claimsArrival = flow.Direction == FlowDirection.In || MayBeAnswer(flow, isKnown, model);
        return !claimsArrival || TryClaimArrival(claims, flow) ? DropReason.None : DropReason.Block;
    }

    /// <summary>
    /// The same of a flow that nothing translates. It claims where another's translation may come to its keys: that of its answers where
    /// sources are translated to its source on the way out, or destinations to its destination on the way in; the one by which it came in
    /// where sources are translated to its destination, or destinations to its source. What comes to where others are redirected claims
    /// that of its answers where it gets its first state, be that on the way in or out.
    /// </summary>
    /// <inheritdoc cref="Settle"/>
    public DropReason ClaimAsItIs(PortClaims claims, in NewFlow flow, bool isKnown, FirewallModel model)
    {
        bool isV6 = flow.Wire.IsV6, isIn = flow.Direction == FlowDirection.In;
        bool mayBeShadow = isIn && (model.IsOuter(flow.Wire.Inside, isV6) || model.IsInner(flow.Wire.Outside, isV6));
        if (mayBeShadow) TryClaimArrival(claims, flow);
        else if (MayBeAnswer(flow, isKnown, model) && !TryClaimArrival(claims, flow)) return DropReason.Block;
        bool mayBeAnswered = isIn
            ? model.IsInner(flow.Wire.Inside, isV6)
            : model.IsOuter(flow.Wire.Inside, isV6) || (!isKnown && model.IsInner(flow.Wire.Outside, isV6));
        if (!mayBeAnswered) return DropReason.None;
        ulong claim = claims.ClaimTo(StateEndpoints.AnswersTo(flow.Direction, flow.Wire, flow.Stack));
        if (!claims.TryClaim(claim)) return DropReason.Block;
        Claim = claim;
        return DropReason.None;
    }

    /// <summary>It goes out, no state knows it as it came in, and it comes from where others are redirected to.</summary>
    private static bool MayBeAnswer(in NewFlow flow, bool isKnown, FirewallModel model) =>
        flow.Direction == FlowDirection.Out && !isKnown && model.IsInner(flow.Stack.Inside, flow.Stack.IsV6);

    /// <summary>False: it is somebody's already.</summary>
    private bool TryClaimArrival(PortClaims claims, in NewFlow flow)
    {
        ulong arrival = claims.ClaimTo(StateEndpoints.ArrivesBy(flow.Direction, flow.Wire, flow.Stack));
        if (!claims.TryClaim(arrival)) return false;
        ArrivalClaim = arrival;
        return true;
    }

    /// <summary>There will be no state.</summary>
    public void GiveBack(StateSharing sharing)
    {
        GiveBackPort(sharing.Claims, sharing.Mappings);
        if (ArrivalClaim != 0) sharing.Claims.Release(ArrivalClaim);
        ArrivalClaim = 0;
        UnstickSource();
        UnstickDestination();
    }

    private void UnstickSource()
    {
        _source?.Unstick(_held);
        _source = null;
    }

    private void UnstickDestination()
    {
        _destination?.Unstick(_heldByDestination);
        _destination = null;
    }

    private void GiveBackPort(PortClaims claims, EndpointMappings mappings)
    {
        if (Claim != 0) claims.Release(Claim);
        if (_isMapped) mappings.Release(_inner, _outer);
        (Claim, _isMapped) = (0, false);
    }
}
