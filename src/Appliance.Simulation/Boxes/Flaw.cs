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

    /// <summary>After a freeze its workers take what waited for them, whoever is master by now.</summary>
    ForwardsWhatWaited,

    /// <summary>Hands everything over now and then, and takes it back, though nobody asks for it.</summary>
    WandersOff,

    /// <summary>When it is to end it has something to do at once, again and again.</summary>
    NeverSleeps,

    /// <summary>The peer hears nothing of what its states are, between one comparison and the next.</summary>
    ForgetsToTell,

    /// <summary>What the peer has told, and was told to be here, waits: a takeover does not.</summary>
    AdoptsLate,
}
