namespace Appliance.Firewall;

/// <summary>
/// What a new flow's endpoints become while rules judge it, and what has been taken for that: it is given to the flow's state, or given
/// back when there will be none.
/// </summary>
internal struct NewTranslation
{
    public FrameEndpoints Ends;
    public ulong Claim;                                                 // to the port of the source; 0: none

    /// <summary>The rule that translated last, as <see cref="RuleReference"/> packs it.</summary>
    public uint Rule;

    private StickySources? _sticky, _stickyDestination;
    private UInt128 _source;

    public static NewTranslation None(in FrameEndpoints ends) => new() { Ends = ends, Rule = RuleReference.None };

    public readonly bool IsAny => Rule != RuleReference.None;

    /// <summary>False: there is no endpoint left, and the flow is to be refused.</summary>
    public bool TryApply(in PacketFacts facts, ushort bucket, LiveTranslation translation, uint rule, ref TranslationProbe probe)
    {
        bool v6 = facts.View.IsV6;
        FrameEndpoints ends = Ends;
        if (translation.Destination(v6) is { } destination)
        {
            if (!destination.TryChoose(Ends, facts.View.Protocol, out ends)) return false;
            (_stickyDestination, _source) = (destination.Sticky, ends.Source);
        }

        if (translation.Source(v6) is { } source)
        {
            GiveBackPort(probe.Claims);
            probe.Begin(ends);
            if (!source.TryChoose(ends, facts.View.Protocol, probe.Ports, bucket, ref probe, out ends)) return false;
            (Claim, _sticky, _source) = (probe.Claim, source.Sticky, Ends.Source);
        }

        if (ends == Ends) return true;
        (Ends, Rule) = (ends, rule);
        return true;
    }

    /// <summary>
    /// Before the state is made: of several translations, a later one may have changed where the answers come from. False: the port that
    /// was chosen is taken towards there.
    /// </summary>
    public bool TrySettle(PortClaims claims, in FlowKey answers)
    {
        if (Claim == 0) return true;
        ulong claim = claims.ClaimTo(answers);
        if (claim == Claim) return true;
        GiveBackPort(claims);
        if (!claims.TryClaim(claim)) return false;
        Claim = claim;
        return true;
    }

    /// <summary>There will be no state.</summary>
    public void GiveBack(PortClaims claims)
    {
        GiveBackPort(claims);
        _sticky?.Release(_source);
        _stickyDestination?.Release(_source);
        (_sticky, _stickyDestination) = (null, null);
    }

    private void GiveBackPort(PortClaims claims)
    {
        if (Claim != 0) claims.Release(Claim);
        Claim = 0;
    }
}
