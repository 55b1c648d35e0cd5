using Appliance.Node;

namespace Appliance.Running;

/// <summary>
/// The numbers of ports that are gone: free for others when the states that were bound to them have ended. The control thread's.
/// </summary>
internal sealed class VacantPlaces
{
    private readonly HashSet<int> _ending = [];

    public bool IsFree(int place) => !_ending.Contains(place);

    public void Add(int place, StateKill kill)
    {
        _ending.Add(place);
        kill.Ended = () => _ending.Remove(place);
    }
}
