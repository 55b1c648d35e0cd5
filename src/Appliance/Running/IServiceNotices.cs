namespace Appliance.Running;

/// <summary>What whoever started the appliance as a service wants to know of it (sd_notify(3)).</summary>
internal interface IServiceNotices
{
    /// <summary>Nanoseconds within which it wants to hear from the appliance again, or it is started anew; null: it does not
    /// watch.</summary>
    long? WatchdogNanoseconds { get; }

    /// <summary>Frames are forwarded.</summary>
    void Ready(string status);

    /// <summary>Another configuration is being read; <see cref="Ready"/> follows, whatever becomes of it.</summary>
    void Reloading();

    void Stopping();

    /// <summary>Every worker is alive.</summary>
    void Alive();
}
