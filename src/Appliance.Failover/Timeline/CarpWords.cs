namespace Appliance.Failover;

/// <summary>States and causes in the words that users of carp(4) know.</summary>
public static class CarpWords
{
    public static string Of(CarpState state) => state switch
    {
        CarpState.Backup => "BACKUP",
        CarpState.Master => "MASTER",
        _ => "INIT",
    };

    public static string Of(CarpEvent cause) => cause switch
    {
        CarpEvent.Ready => "initialization complete",
        CarpEvent.NotReady => "hardware interface down",
        CarpEvent.HeardFaster => "more frequent advertisement received",
        CarpEvent.HeardEqual => "equally frequent advertisement received",
        CarpEvent.HeardSlower => "less frequent advertisement received",
        CarpEvent.HeardPreemptable => "preempting a slower master",
        CarpEvent.HeardLeaving => "master will time out",
        CarpEvent.MasterSilent => "master timed out",
        CarpEvent.AdvertisementDue => "advertisement due",
        CarpEvent.WokeLate => "woke too late",
        CarpEvent.PeerYields => "peer yields",
        CarpEvent.Outranked => "peer took over later",
        CarpEvent.Promote => "user requested master",
        CarpEvent.HandOver => "user requested backup",
        _ => "stopping",
    };
}
