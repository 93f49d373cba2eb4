namespace ActorMig.Cases;

/// <summary>The cases of a host: all that are open, and the newest that were resolved. Pure state that events make.</summary>
internal sealed class CaseList
{
    /// <summary>So many resolved ones are remembered, for peers that ask later and for people.</summary>
    private const int ClosedMax = 100;

    private readonly List<OperatorCase> _all = [];

    /// <summary>All, open ones in the order in which they were opened.</summary>
    public IReadOnlyList<OperatorCase> All => _all;

    public IEnumerable<OperatorCase> Open => _all.Where(c => c.Closed is null);

    public OperatorCase? Find(string migration) => _all.Find(c => c.Plan.Migration == migration);

    public void Apply(object @event)
    {
        switch (@event)
        {
            case CaseOpened e:
                var known = _all.FindIndex(c => c.Plan.Migration == e.Plan.Migration);
                if (known < 0)
                {
                    _all.Add(new OperatorCase(e.Plan, e.IsArrival, e.Reason, e.HasRun, e.WallMs));
                }
                else
                {
                    _all[known] = _all[known] with { HasRun = _all[known].HasRun || e.HasRun };
                }

                break;
            case CaseDecided e when _all.FindIndex(c => c.Plan.Migration == e.Migration) is >= 0 and var i:
                _all[i] = _all[i] with { Decided = e.Choice is null ? null : e };
                break;
            case CaseClosed e when Find(e.Migration) is { } closed:
                _all.Remove(closed);
                _all.Add(closed with { Decided = null, Closed = e });
                if (_all.Count(c => c.Closed is not null) > ClosedMax)
                {
                    _all.Remove(_all.First(c => c.Closed is not null));
                }

                break;
        }
    }

    /// <summary>Takes in what a snapshot holds.</summary>
    public void Restore(IEnumerable<OperatorCase> cases) => _all.AddRange(cases);
}
