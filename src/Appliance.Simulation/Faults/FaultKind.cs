namespace Appliance.Simulation;

/// <summary>What can go wrong, or be asked for, while a pair runs.</summary>
internal enum FaultKind
{
    /// <summary>Nothing passes a cable.</summary>
    Cut,

    /// <summary>Nothing passes it one way; nobody sees that.</summary>
    CutOneWay,

    Lossy,
    Doubling,

    /// <summary>Frames are late, each by another time, and so out of order.</summary>
    Late,

    /// <summary>All cables of the boxes are cut: neither hears anything.</summary>
    Partition,

    /// <summary>A process ends at once, and is started again.</summary>
    Kill,

    /// <summary>A process ends in order, and is started again.</summary>
    Stop,

    Freeze,
    ClockJump,

    /// <summary>A cable is pulled, and the box sees that.</summary>
    Unplug,

    /// <summary>An operator hands everything to the other box, and has it taken back.</summary>
    HandOver,

    Maintenance,
    Demote,
}
