namespace Appliance.Failover;

/// <summary>What the thread of failover counts of sync.</summary>
public enum SyncEvent
{
    /// <summary>Records packed for the peer.</summary>
    RecordsSent,

    /// <summary>Records that the peer has acknowledged.</summary>
    RecordsAcknowledged,

    /// <summary>Records of the peer's that were handed to their workers.</summary>
    RecordsReceived,

    ParcelsSent,

    /// <summary>Parcels that were sent again.</summary>
    ParcelsRepeated,

    ParcelsReceived,

    /// <summary>Parcels that had come already, or that nobody may have sent yet.</summary>
    ParcelsUnneeded,

    /// <summary>Messages without a parcel.</summary>
    AnswersSent,

    /// <summary>Times that the two have begun to sync.</summary>
    Joins,

    /// <summary>Messages that are none, or of another version.</summary>
    Malformed,

    /// <summary>Messages of an epoch that is over.</summary>
    Stale,

    /// <summary>Messages that acknowledge what was never sent.</summary>
    NeverSent,

    /// <summary>Greetings of a peer with another number of streams: the two cannot sync.</summary>
    StreamsDiffer,

    /// <summary>Sections of a kind that is not known here.</summary>
    UnknownSections,

    /// <summary>Records of a stream that does not exist, and parts of parcels that are no records.</summary>
    BrokenRecords,

    /// <summary>Times that a worker's inbox was full and the peer had to wait.</summary>
    InboxFull,

    /// <summary>Records that waited for an epoch that has ended: their streams are told anew.</summary>
    Abandoned,

    /// <summary>Records of streams that no worker has: frames are steered otherwise by now, and who shares by that comes.</summary>
    Unowned,

    /// <summary>Greetings of a peer where flows find other streams: the two cannot sync.</summary>
    SteeringDiffers,

    /// <summary>Parcels longer than any that a lane carries.</summary>
    ParcelsTooLong,
}
