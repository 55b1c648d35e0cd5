namespace Appliance.Failover;

/// <summary>Why a group was handed over on purpose and preempts nobody.</summary>
[Flags]
internal enum CarpHolds
{
    None = 0,

    /// <summary>Until the other is gone, or it is taken back.</summary>
    HandedOver = 1,

    /// <summary>Until that ends.</summary>
    Maintenance = 2,
}
