namespace Appliance.Engine;

/// <summary>What became of a record that the peer sent; each is counted.</summary>
public enum FlowAdoption : byte
{
    /// <summary>A flow that was not here.</summary>
    Adopted,

    /// <summary>One that was, and is now as the peer has it.</summary>
    Refreshed,

    /// <summary>It has ended here, too.</summary>
    Removed,

    /// <summary>Adopted, but its rule is not in the ruleset here: it lives on as if the default rule had passed it.</summary>
    AdoptedWithoutRule,

    /// <summary>What is here is newer: nothing has changed.</summary>
    Older,

    /// <summary>
    /// It leaves out what only who has the flow already can know, or ends what is not here. The bucket is not what it should be.
    /// </summary>
    Missing,

    /// <summary>Its port is not here, by name or group.</summary>
    UnknownPort,

    /// <summary>There is no room, for the flow or for what it needs beside its bucket: to be told again later.</summary>
    Full,

    /// <summary>Another flow that was made here has one of its keys, and stays.</summary>
    Collision,

    /// <summary>No record, or one that contradicts itself.</summary>
    Malformed,

    /// <summary>Of a version that cannot be read here.</summary>
    UnknownVersion,

    /// <summary>The bucket is not here.</summary>
    NotHere,
}
