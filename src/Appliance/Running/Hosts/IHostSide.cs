using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Node;
using Appliance.Routing;

namespace Appliance.Running;

/// <summary>The host that the appliance runs on, as it sees its ends of ports. One thread's.</summary>
internal interface IHostSide
{
    /// <summary>Readable when addresses or routes may have changed, until <see cref="ReadEvents"/>; -1: there is no such thing.</summary>
    int EventDescriptor { get; }

    /// <summary>Takes what has been announced since the last time; true: addresses may be others.</summary>
    bool ReadEvents();

    /// <summary>
    /// Makes the host's end of a port, with what the host had on the port's device if that is taken over. No end of its name is open.
    /// Throws <see cref="PortFault"/>.
    /// </summary>
    /// <param name="port">Has a host path; its index becomes the end's identity.</param>
    /// <param name="link">Of the port: the end has its MAC address and MTU.</param>
    /// <param name="queues">One for each worker.</param>
    HostEnd Open(PortModel port, PortLink link, int queues);

    /// <summary>Its port has another MTU, and the end is to have it as well. False: the host does not let it.</summary>
    bool TrySetMtu(HostEnd end, int bytes);

    /// <summary>The port has a link, or none, and the host's end of it alike. In the beginning it has.</summary>
    void SetCarrier(HostEnd end, bool isUp);

    /// <summary>
    /// Gives the host what a configuration says of its ends, addresses and routes by them, and takes away what another one gave before.
    /// Answers what could not be done, a line each.
    /// </summary>
    ImmutableArray<string> Furnish(RuntimeModel asked, IReadOnlyDictionary<int, HostEnd> ends);

    /// <summary>When <see cref="ReadRoutes"/> has something, or something to do.</summary>
    MonotonicTime RoutesDeadline { get; }

    /// <summary>
    /// Some of the routes by its ends that have become others since the last time; in the beginning all are. Answers how many; does not
    /// wait. Throws <see cref="IOException"/> when the host does not answer.
    /// </summary>
    int ReadRoutes(IReadOnlyDictionary<int, HostEnd> ends, Span<RouteChange> changes, MonotonicTime now);

    /// <summary>Which addresses else the host has there. Throws <see cref="IOException"/> when it does not answer.</summary>
    LearnedFacts Read(IReadOnlyDictionary<int, HostEnd> ends);

    /// <summary>The ports at which its programs listen. Throws likewise.</summary>
    ReservedPorts ReadListening();

    /// <summary>What was taken over goes back to the port's device. The end is open still. Answers what could not be done.</summary>
    ImmutableArray<string> GiveBack(HostEnd end);
}
