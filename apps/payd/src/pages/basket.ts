/** The demo shop sells one basket. */
export const basket = {
  memo: "two teas and a biscuit",
  items: [
    { name: "Tea, twice", satoshis: 1_200 },
    { name: "Biscuit", satoshis: 300 },
  ],
} as const;

export const basketSatoshis = basket.items.reduce((sum, { satoshis }) => sum + satoshis, 0);
