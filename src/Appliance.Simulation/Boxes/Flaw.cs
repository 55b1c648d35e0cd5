namespace Appliance.Simulation;

/// <summary>What is deliberately wrong with the boxes of a world, to see that a checker finds it.</summary>
internal enum Flaw
{
    None,

    /// <summary>As a master it hears no other: neither a better one nor one that took over later.</summary>
    IgnoresOtherMasters,

    /// <summary>The better box does not take back what is its own.</summary>
    DoesNotPreempt,

    /// <summary>Says every advert a hundred times.</summary>
    Stutters,

    /// <summary>Now and then a frame is gone that the account says was sent.</summary>
    SwallowsFrames,

    /// <summary>What is for the servers' web port does not get through.</summary>
    LosesFlows,

    /// <summary>All flows leave by the same translated port.</summary>
    SharesPorts,

    /// <summary>Does not notice that it was frozen.</summary>
    SleepsThroughFreezes,
}
