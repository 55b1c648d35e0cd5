namespace Appliance.Failover;

/// <summary>What a virtual host is on this box (carp(4)). The names in capitals are what users read.</summary>
public enum CarpState
{
    /// <summary>INIT: its port is down, or it is not allowed to take part.</summary>
    Initial,

    /// <summary>BACKUP: another box has the addresses, or nobody yet.</summary>
    Backup,

    /// <summary>MASTER: this box has the addresses.</summary>
    Master,
}
