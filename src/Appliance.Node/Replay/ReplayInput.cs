using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>One capture and where its frames arrive.</summary>
/// <param name="Label">The ports as the user wrote them: <c>lan</c> or <c>lan,wan</c>.</param>
/// <param name="File">For messages.</param>
/// <param name="Ports">Indices of physical ports; of several, each frame enters at the one its source is routed to.</param>
/// <param name="Content">Read from its position on; the caller disposes it.</param>
public sealed record ReplayInput(string Label, string File, ImmutableArray<int> Ports, Stream Content);
