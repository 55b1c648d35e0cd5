using Appliance.Node;

namespace Appliance.Running;

/// <summary>The numbers of ports that are gone: free for others when the states that were bound to them have ended.</summary>
internal sealed class VacantPlaces
{
    private readonly Dictionary<int, StateKill> _ending = [];

    public bool IsBusy => _ending.Count > 0;

    public bool IsFree(int place) => !_ending.ContainsKey(place);

    public void Add(int place, StateKill kill) => _ending[place] = kill;

    public void Tend()
    {
        foreach ((int place, StateKill kill) in _ending)
        {
            if (kill.IsDone) _ending.Remove(place);
        }
    }
}
