using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Management;

/// <summary>Where failover, which has a thread of its own, is asked and told.</summary>
public interface IFailoverDesk
{
    /// <summary>From any thread: that of failover answers, between other things; the question must not wait.</summary>
    Task<T> AskAsync<T>(Func<FailoverControl, MonotonicTime, T> question);

    /// <summary>
    /// By the thread of whoever asks for it, beforehand: a restart finds the box out of service, or in service again. Null: it is kept.
    /// Else why not, which the log is told as well: it holds until the end of the process.
    /// </summary>
    string? KeepMaintenance(bool isOn);
}
