using System.Collections;
using ActorMig.Edges;

namespace ActorMig.Simulation;

/// <summary>All members but one, in their order, without a list of its own: 10,000 hosts with a list of 10,000 each would be 100 million entries.</summary>
/// <param name="all">All members, sorted by name; nobody changes them any more.</param>
/// <param name="without">Which one is left out.</param>
internal sealed class AllButOne(Member[] all, int without) : IReadOnlyList<Member>
{
    public int Count => all.Length - 1;

    public Member this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return all[index < without ? index : index + 1];
        }
    }

    public IEnumerator<Member> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
