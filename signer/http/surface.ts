/** What a listener serves: with an admin listener the two are apart. */
export type Surface = 'all' | 'signing' | 'admin';
